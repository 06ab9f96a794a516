import type { Attempt } from '@keyhaven/api-contract/attempt';
import { Button } from '@fluentui/react-components';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { cancelAttempt } from '../../api/device-calls.ts';
import { useAnnounce } from '../../ui/Announcer.tsx';
import { useRelativeTime } from '../../ui/Time.tsx';
import { attemptSteps, stepMarks } from '../../words/attempt-steps.ts';
import styles from './AttemptProgress.module.css';
import { Step } from './Step.tsx';

type Props = { readonly deviceId: string; readonly attempt: Attempt; readonly mayCancel: boolean };

/** An attempt on its way: three steps, and what would help. */
export function AttemptProgress({ deviceId, attempt, mayCancel }: Props) {
  const { t } = useTranslation();
  const announce = useAnnounce();
  const state = attempt.state === 'failed' ? 'waiting-for-device' : attempt.state;
  const marks = stepMarks(state);
  const current = attemptSteps[Math.max(0, marks.findIndex((mark) => mark === 'now' || mark === 'unsure'))];
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
      <p className={styles.quiet}>{t('attempt.leave')}</p>
      {mayCancel && attempt.state === 'waiting-for-device' ? (
        <Cancel deviceId={deviceId} attemptId={attempt.id} />
      ) : null}
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
      return null;
  }
}

function Cancel({ deviceId, attemptId }: { readonly deviceId: string; readonly attemptId: string }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [asked, setAsked] = useState(false);
  const cancel = async (): Promise<void> => {
    setAsked(true);
    try {
      await cancelAttempt(deviceId, attemptId);
    } catch {
      // Delivered in the meantime, most likely: the page shows where the attempt is now.
    } finally {
      setAsked(false);
      await client.invalidateQueries({ queryKey: ['device', deviceId] });
    }
  };
  return (
    <div>
      <Button size="large" disabledFocusable={asked} onClick={() => void cancel()}>
        {t('attempt.cancel')}
      </Button>
    </div>
  );
}
