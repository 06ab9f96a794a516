import { Button } from '@fluentui/react-components';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { Mark } from '../../ui/Mark.tsx';
import type { EnrollEnd } from '../../words/enroll-steps.ts';
import styles from './EnrollOutcome.module.css';

type Props = {
  readonly end: EnrollEnd;
  readonly onRestart: () => void;
  /** Whom to ask, shown where IT is the next step. */
  readonly contact: ReactNode;
};

const askIt: ReadonlySet<EnrollEnd> = new Set(['user-enrollment', 'refused-by-it', 'quarantined']);

/** An enrollment that went another way: what happened, what it means, and the one thing to do. */
export function EnrollOutcome({ end, onRestart, contact }: Props) {
  const { t } = useTranslation('enroll');
  return (
    <>
      <section className={styles.outcome} aria-labelledby="outcome-title">
        <div className={styles.head}>
          <Mark tone={end === 'ended' || end === 'unknown' ? 'neutral' : 'warning'} />
          <h2 id="outcome-title">{t(`end.${end}.title`)}</h2>
        </div>
        <p>{t(`end.${end}.why`)}</p>
        {end === 'quarantined' ? (
          <Link href="/help/quarantine" className={styles.link}>
            {t('end.more')}
          </Link>
        ) : (
          <div>
            <Button
              size="large"
              appearance={end === 'refused-by-it' ? 'secondary' : 'primary'}
              onClick={onRestart}
            >
              {t('end.restart')}
            </Button>
          </div>
        )}
      </section>
      {askIt.has(end) ? contact : null}
    </>
  );
}
