import { Spinner } from '@fluentui/react-components';
import { CheckmarkCircleFilled } from '@fluentui/react-icons/svg/checkmark-circle';
import { CircleRegular } from '@fluentui/react-icons/svg/circle';
import type { EnrollmentProgress } from '@keyhaven/api-contract/enrollment';
import { useTranslation } from 'react-i18next';
import { enrollMarks, enrollSteps } from '../../words/enroll-steps.ts';
import styles from './Arrival.module.css';

/** How far the Mac has come, step by step, while the person waits or is away. */
export function Arrival({ state }: { readonly state: EnrollmentProgress['state'] }) {
  const { t } = useTranslation(['enroll', 'translation']);
  const marks = enrollMarks(state);
  return (
    <>
      <ol className={styles.steps}>
        {enrollSteps.map((step, index) => {
          const mark = marks[index] ?? 'waiting';
          return (
            <li key={step} className={styles.step} {...(mark === 'now' ? { 'aria-current': 'step' } : {})}>
              <span className={`${styles.mark} ${mark === 'done' ? styles.done : ''}`} aria-hidden>
                {mark === 'done' ? (
                  <CheckmarkCircleFilled />
                ) : mark === 'now' ? (
                  <Spinner size="extra-tiny" />
                ) : (
                  <CircleRegular />
                )}
              </span>
              <span className={mark === 'waiting' ? 'quiet' : styles.text}>
                {t(`enroll:arrive.step.${step}.${mark === 'done' ? 'done' : 'next'}`)}
              </span>
              <span className={styles.word}>{t(`translation:attempt.mark.${mark}`)}</span>
            </li>
          );
        })}
      </ol>
      <p className="quiet">{t('enroll:arrive.body')}</p>
    </>
  );
}
