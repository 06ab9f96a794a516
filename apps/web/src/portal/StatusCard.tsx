import type { Device } from '@keyhaven/api-contract/device';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { isOpen } from '../api/open-attempt.ts';
import { portalQuery } from '../api/queries.ts';
import { AttemptAdvice } from '../features/attempt/AttemptAdvice.tsx';
import { AttemptFailed } from '../features/attempt/AttemptFailed.tsx';
import { AttemptProgress } from '../features/attempt/AttemptProgress.tsx';
import { AttemptSaved } from '../features/attempt/AttemptSaved.tsx';
import { CancelAttempt } from '../features/attempt/CancelAttempt.tsx';
import { Mark } from '../ui/Mark.tsx';
import { useNow, useRelativeTime, useTimeWords } from '../ui/Time.tsx';
import { isFailureToTell } from '../words/failure-words.ts';
import { keyLineOf, keyTone } from '../words/key-words.ts';
import { Contact, FailureNextStep } from './Contact.tsx';
import { MainActions } from './MainActions.tsx';
import styles from './StatusCard.module.css';

/** The one place that says how it stands with the key, what is happening to it, and what to do. */
export function StatusCard({ device, mine }: { readonly device: Device; readonly mine: boolean }) {
  const { t } = useTranslation();
  const { attempt, recoveryKey } = device;
  const open = attempt !== null && isOpen(attempt);
  const failed = attempt?.state === 'failed' && isFailureToTell(attempt.reason);
  const line = keyLineOf(device);
  const title = open && attempt.state !== 'uncertain' ? t(`attempt.${attempt.kind}`) : t(`key.${line}.title`);
  const tone = open && attempt.state !== 'uncertain' ? 'busy' : keyTone(line);
  return (
    <section className={styles.card} aria-labelledby="status-title">
      <div className={styles.head}>
        <Mark tone={tone} />
        <div>
          <h2 id="status-title" className={styles.title}>
            {title}
            {!open && line === 'stored' && recoveryKey.provenAt !== null ? (
              <span className={styles.proved}>
                <span className={styles.dot}>{' · '}</span>
                <ProvedWhen at={recoveryKey.provenAt} />
              </span>
            ) : null}
          </h2>
          {open || failed ? null : <p className="quiet">{t(`key.${line}.why`)}</p>}
        </div>
      </div>
      <Outcome device={device} />
      {line === 'quarantined' || (line === 'management-refused' && !failed) ? <Contact /> : null}
      <MainActions device={device} mine={mine} />
      {attempt?.state === 'waiting-for-device' && device.actions.includes('store') ? (
        <CancelAttempt deviceId={device.id} attemptId={attempt.id} />
      ) : null}
    </section>
  );
}

/** What came, or is coming, of the newest attempt. Nothing older is ever told here. */
function Outcome({ device }: { readonly device: Device }) {
  const { t } = useTranslation();
  const portal = useQuery(portalQuery);
  const now = useNow();
  const { attempt } = device;
  if (attempt === null) return null;
  if (isOpen(attempt))
    return (
      <>
        {attempt.advice === null ? null : <AttemptAdvice />}
        <AttemptProgress attempt={attempt} />
      </>
    );
  if (attempt.state === 'saved')
    return portal.data === undefined || !isNews(attempt.endedAt, now) ? null : (
      <AttemptSaved portalName={portal.data.portalName} />
    );
  if (!isFailureToTell(attempt.reason)) return <p>{t('attempt.cancelledBy')}</p>;
  return (
    <>
      <AttemptFailed attempt={attempt} nextStep={<FailureNextStep reason={attempt.reason} />} />
      {attempt.advice === null ? null : <AttemptAdvice />}
    </>
  );
}

function ProvedWhen({ at }: { readonly at: string }) {
  const { t } = useTranslation();
  const say = useRelativeTime();
  const { exact } = useTimeWords();
  return (
    <time dateTime={at} title={exact(at)}>
      {t('key.stored.proved', { when: say(at) })}
    </time>
  );
}

const newsDays = 7;

/** A success is told for a week; a Mac that rotated months ago just says that its key is stored. */
const isNews = (endedAt: string | null, now: number): boolean =>
  endedAt !== null && now - Date.parse(endedAt) < newsDays * 86_400_000;
