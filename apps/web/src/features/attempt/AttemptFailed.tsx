import type { Attempt } from '@keyhaven/api-contract/attempt';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { Banner } from '../../ui/Banner.tsx';
import { Disclosure } from '../../ui/Disclosure.tsx';
import { useRelativeTime } from '../../ui/Time.tsx';
import styles from './AttemptOutcome.module.css';

type Props = {
  readonly attempt: Attempt;
  /** The button or the contact card for the one next step. */
  readonly nextStep: ReactNode;
};

/** The whole message opens its help page; under it which cause it was, and the one thing to do. */
export function AttemptFailed({ attempt, nextStep }: Props) {
  const { t } = useTranslation();
  const say = useRelativeTime();
  const { reason, lastContactAt, deviceError } = attempt;
  const cause =
    reason === null
      ? null
      : reason !== 'device-unreachable'
        ? t(`failure.${reason}`)
        : lastContactAt === null
          ? t('failure.device-unreachable-never')
          : t('failure.device-unreachable', { when: say(lastContactAt) });
  return (
    <div className={styles.outcome}>
      <Banner tone="bad">
        <Link href="/help/rotate-at-the-mac" className={styles.message}>
          {t('message.failed')}
        </Link>
      </Banner>
      {cause === null ? null : <p>{cause}</p>}
      {deviceError === null ? null : <Disclosure label={t('failure.details')}>{deviceError}</Disclosure>}
      {nextStep}
    </div>
  );
}
