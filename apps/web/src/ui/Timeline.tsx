import type { ReactNode } from 'react';
import { Time } from './Time.tsx';
import styles from './Timeline.module.css';

type Entry = {
  readonly id: string;
  readonly at: string;
  readonly text: ReactNode;
  readonly note: string | null;
};

/** What happened, newest first. */
export function Timeline({ entries }: { readonly entries: readonly Entry[] }) {
  return (
    <ol className={styles.timeline}>
      {entries.map((entry) => (
        <li key={entry.id} className={styles.entry}>
          <div>{entry.text}</div>
          {entry.note === null ? null : <div className={styles.note}>{entry.note}</div>}
          <div className={styles.when}>
            <Time at={entry.at} />
          </div>
        </li>
      ))}
    </ol>
  );
}
