import { CheckmarkCircleFilled } from '@fluentui/react-icons/svg/checkmark-circle';
import { type ReactNode, useId } from 'react';
import { useTranslation } from 'react-i18next';
import styles from './Section.module.css';

type Props = {
  readonly number: number;
  readonly title: string;
  readonly done?: boolean;
  readonly children: ReactNode;
};

/** One of the numbered parts of the page. */
export function Section({ number, title, done = false, children }: Props) {
  const { t } = useTranslation('enroll');
  const id = useId();
  return (
    <section className={styles.section} aria-labelledby={id}>
      <div className={styles.head}>
        <span className={`${styles.number} ${done ? styles.done : ''}`} aria-hidden>
          {done ? <CheckmarkCircleFilled className={styles.check ?? ''} /> : number}
        </span>
        <h2 id={id}>
          {title}
          {done ? <span className="visually-hidden">: {t('done')}</span> : null}
        </h2>
      </div>
      <div className={styles.body}>{children}</div>
    </section>
  );
}
