import type { ReactNode } from 'react';
import styles from './Table.module.css';

type Props = { readonly label: string; readonly columns: readonly string[]; readonly children: ReactNode };

/** A dense table, 36 px a row, that scrolls by itself where it is narrow. */
export function Table({ label, columns, children }: Props) {
  return (
    <div className={styles.scroll} role="group" aria-label={label} tabIndex={0}>
      <table className={styles.table}>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column} scope="col">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}
