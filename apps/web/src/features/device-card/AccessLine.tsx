import type { Device } from '@keyhaven/api-contract/device';
import { useTranslation } from 'react-i18next';
import { Mark } from '../../ui/Mark.tsx';
import { useTimeWords } from '../../ui/Time.tsx';
import { accessTone } from '../../words/key-words.ts';
import styles from './DeviceCard.module.css';

type Props = { readonly access: Device['access']; readonly withReasons?: boolean };

/** Whether this Mac can reach what the company offers, until when, and what to change. */
export function AccessLine({ access, withReasons = false }: Props) {
  const { t } = useTranslation();
  const { day } = useTimeWords();
  const words =
    access.state !== 'grace'
      ? t(`access.${access.state}`)
      : access.until === null
        ? t('access.graceOpen')
        : t('access.grace', { until: day(access.until) });
  return (
    <div>
      <p className={styles.line}>
        <Mark tone={accessTone(access.state)} />
        <span>{words}</span>
      </p>
      {withReasons && access.reasons.length > 0 ? (
        <ul className={styles.reasons}>
          {access.reasons.map((reason) => (
            <li key={reason}>{t(`access.reason.${reason}`)}</li>
          ))}
        </ul>
      ) : null}
    </div>
  );
}
