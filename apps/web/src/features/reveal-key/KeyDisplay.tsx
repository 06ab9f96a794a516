import type { Ref } from 'react';
import styles from './KeyDisplay.module.css';
import { spellOut } from './spell-out.ts';

type Props = { readonly recoveryKey: string; readonly label: string; readonly keyRef: Ref<HTMLDivElement> };

/** The key in two rows of three groups where it is narrow; a group never breaks, and the text stays exactly the key. */
export function KeyDisplay({ recoveryKey, label, keyRef }: Props) {
  const groups = recoveryKey.split('-');
  const half = Math.ceil(groups.length / 2);
  return (
    <div ref={keyRef} role="status" aria-label={label} tabIndex={-1} className={styles.key} translate="no">
      <span className={styles.row}>{`${groups.slice(0, half).join('-')}-`}</span>
      <span className={styles.row}>{groups.slice(half).join('-')}</span>
    </div>
  );
}

/** Each group with its characters as words, to read aloud on the telephone. */
export function SpelledOut({ recoveryKey }: { readonly recoveryKey: string }) {
  const groups = recoveryKey.split('-');
  return (
    <ol className={styles.spelled} translate="no">
      {spellOut(recoveryKey).map((words, index) => (
        <li key={index}>
          <span className={styles.group} aria-hidden>
            {groups[index]}
          </span>
          <span>{words.join(' ')}</span>
        </li>
      ))}
    </ol>
  );
}
