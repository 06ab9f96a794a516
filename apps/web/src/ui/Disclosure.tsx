import type { ReactNode } from 'react';
import styles from './Disclosure.module.css';

type Props = {
  readonly label: string;
  /** Open from the start. */
  readonly open?: boolean;
  readonly onOpen?: () => void;
  readonly children: ReactNode;
};

/** Something that is there for those who want it. */
export function Disclosure({ label, open = false, onOpen, children }: Props) {
  return (
    <details open={open} className={styles.fold} onToggle={(event) => event.currentTarget.open && onOpen?.()}>
      <summary className={styles.label}>{label}</summary>
      <div className={styles.inside}>{children}</div>
    </details>
  );
}
