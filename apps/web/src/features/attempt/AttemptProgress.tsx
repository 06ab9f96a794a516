import type { Attempt } from '@keyhaven/api-contract/attempt';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { useAnnounce } from '../../ui/Announcer.tsx';
import { useRelativeTime } from '../../ui/Time.tsx';
import { attemptSteps, stepMarks } from '../../words/attempt-steps.ts';
import styles from './AttemptProgress.module.css';
import { Step } from './Step.tsx';

type Props = { readonly attempt: Attempt };

/** An attempt on its way: three steps, and what would help. */
export function AttemptProgress({ attempt }: Props) {
  const { t } = useTranslation();
  const announce = useAnnounce();
  const state = attempt.state === 'failed' ? 'waiting-for-device' : attempt.state;
  const marks = stepMarks(state);
  const current =
    attemptSteps[
      Math.max(
        0,
        marks.findIndex((mark) => mark === 'now' || mark === 'unsure'),
      )
    ];
  const sentence = current === undefined ? '' : t(`attempt.step.${current}`);
  useEffect(() => announce(sentence), [announce, sentence]);
  return (
    <div className={styles.progress}>
      <ol className={styles.steps}>
        {attemptSteps.map((step, index) => (
          <Step key={step} mark={marks[index] ?? 'waiting'} text={t(`attempt.step.${step}`)} />
        ))}
      </ol>
      <Waiting attempt={attempt} />
      {attempt.advice === null ? <p className={styles.quiet}>{t('attempt.leave')}</p> : null}
    </div>
  );
}

function Waiting({ attempt }: { readonly attempt: Attempt }) {
  const { t } = useTranslation();
  const say = useRelativeTime();
  switch (attempt.state) {
    case 'waiting-for-device':
      return (
        <>
          <p>
            {attempt.lastContactAt === null
              ? t('attempt.askedNever')
              : t('attempt.asked', { when: say(attempt.lastContactAt) })}
          </p>
          <p className={styles.quiet}>{t('attempt.atLock')}</p>
        </>
      );
    case 'uncertain':
      return <p>{t('attempt.uncertain')}</p>;
    case 'rotating':
      return <p>{t('attempt.rotating')}</p>;
    case 'saved':
    case 'failed':
      break;
  }
  return null;
}
