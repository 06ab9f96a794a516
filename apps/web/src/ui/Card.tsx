import { type ReactNode, useId } from 'react';
import styles from './Card.module.css';

type Props = { readonly title?: string; readonly quiet?: boolean; readonly children: ReactNode };

/** One matter on a page. With a title it is a region that a screen reader can jump to. */
export function Card({ title, quiet = false, children }: Props) {
  const id = useId();
  const look = `${styles.card} ${quiet ? styles.quiet : ''}`;
  if (title === undefined) return <div className={look}>{children}</div>;
  return (
    <section className={look} aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      {children}
    </section>
  );
}
