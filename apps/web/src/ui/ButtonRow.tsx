import type { ReactNode } from 'react';
import styles from './ButtonRow.module.css';

/** Buttons side by side, one under the other where it is narrow. */
export function ButtonRow({ children }: { readonly children: ReactNode }) {
  return <div className={styles.row}>{children}</div>;
}
