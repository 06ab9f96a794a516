import type { ReactNode } from 'react';
import styles from './Banner.module.css';
import { Mark } from './Mark.tsx';

type Props = {
  readonly tone: 'good' | 'warning' | 'bad' | 'neutral' | 'busy';
  /** Tells assistive technology at once; for what appears after an action. */
  readonly live?: boolean;
  readonly children: ReactNode;
};

/** A sentence that matters now, with its tone. */
export function Banner({ tone, live = false, children }: Props) {
  return (
    <div className={`${styles.banner} ${styles[tone]}`} {...(live ? { role: 'alert' } : {})}>
      <Mark tone={tone} />
      <div className={styles.text}>{children}</div>
    </div>
  );
}
