import type { Attempt } from '@keyhaven/api-contract/attempt';
import { useTranslation } from 'react-i18next';
import { Card } from '../ui/Card.tsx';
import { Fact, Facts } from '../ui/Facts.tsx';
import { Time } from '../ui/Time.tsx';
import styles from './AttemptCard.module.css';

/** The newest attempt with everything IT can know, the Mac's own words included. */
export function AttemptCard({ attempt }: { readonly attempt: Attempt | null }) {
  const { t } = useTranslation('console');
  if (attempt === null)
    return (
      <Card title={t('attempt')}>
        <p>{t('noAttempt')}</p>
      </Card>
    );
  return (
    <Card title={t('attempt')}>
      <Facts>
        <Fact name={t(`kind.${attempt.kind}`)}>
          {t(`attemptState.${attempt.state}`)}
          {attempt.reason === null ? null : <>: {t(`reason.${attempt.reason}`)}</>}
        </Fact>
        <Fact name={t('startedBy', { by: attempt.startedBy })}>
          <Time at={attempt.startedAt} />
        </Fact>
        {attempt.deviceError === null ? null : (
          <Fact name={t('deviceSaid')}>
            <code className={styles.words}>{attempt.deviceError}</code>
          </Fact>
        )}
      </Facts>
      {attempt.advice === null ? null : <p>{t('advice')}</p>}
    </Card>
  );
}
