import { type ReactNode, useEffect, useRef } from 'react';
import styles from './Page.module.css';

/** Whether a page of this visit has been shown before: the first one leaves the focus where the browser put it. */
let visited = false;

type Props = {
  readonly title: string;
  readonly above?: ReactNode;
  readonly below?: ReactNode;
  readonly children: ReactNode;
};

/** A page with its one heading, which takes the focus when somebody has come here by a link of ours. */
export function Page({ title, above, below, children }: Props) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (visited) {
      window.scrollTo(0, 0);
      heading.current?.focus({ preventScroll: true });
    }
    visited = true;
  }, []);
  return (
    <div className={styles.page}>
      {above}
      <div>
        <h1 ref={heading} tabIndex={-1} className={styles.title}>
          {title}
        </h1>
        {below}
      </div>
      {children}
    </div>
  );
}

/** The name of the browser's tab. */
export function useTabTitle(title: string): void {
  useEffect(() => {
    document.title = title;
  }, [title]);
}
