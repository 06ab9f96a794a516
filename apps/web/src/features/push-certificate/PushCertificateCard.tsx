import type { PushCertificate } from '@keyhaven/api-contract/push-certificate';
import { useTranslation } from 'react-i18next';
import { Banner } from '../../ui/Banner.tsx';
import { Card } from '../../ui/Card.tsx';
import { Fact, Facts } from '../../ui/Facts.tsx';
import { Mark } from '../../ui/Mark.tsx';
import { useTimeWords } from '../../ui/Time.tsx';
import { pushTone } from '../../words/push-words.ts';
import styles from './Push.module.css';

/** How it stands with the push certificate. */
export function PushCertificateCard({ certificate }: { readonly certificate: PushCertificate }) {
  const { t } = useTranslation('settings');
  const { exact } = useTimeWords();
  const { state, source, topic, notAfter, daysLeft, enrolledMacs, refusedByApple } = certificate;
  const left =
    daysLeft === null || daysLeft < 0
      ? null
      : daysLeft === 0
        ? t('push.lastDay')
        : t('push.daysLeft', { count: daysLeft });
  return (
    <Card title={t('push.title')}>
      <p>{t('push.lead')}</p>
      {refusedByApple === null ? null : (
        <Banner tone="bad">{t('push.refusedByApple', { reason: refusedByApple })}</Banner>
      )}
      <Facts>
        <Fact name={t('push.fact.state')}>
          <span className={styles.state}>
            <Mark tone={pushTone(state)} />
            {[t(`push.state.${state}`), left].filter((part) => part !== null).join(' · ')}
          </span>
        </Fact>
        {notAfter === null ? null : <Fact name={t('push.fact.until')}>{exact(notAfter)}</Fact>}
        <Fact name={t('push.fact.topic')}>{topic ?? t('push.noTopic')}</Fact>
        <Fact name={t('push.fact.source')}>{t(`push.source.${source}`)}</Fact>
        <Fact name={t('push.fact.macs')}>{enrolledMacs}</Fact>
      </Facts>
    </Card>
  );
}
