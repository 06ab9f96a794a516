import type { Device } from '@keyhaven/api-contract/device';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { Time } from '../ui/Time.tsx';
import styles from './ClaimedMacs.module.css';

const mostShown = 5;

/** The Macs with the serial number that a Mac in quarantine gives. */
export function ClaimedMacs({ macs }: { readonly macs: readonly Device[] }) {
  const { t } = useTranslation('console');
  if (macs.length === 0) return <p>{t('quarantine.unseen')}</p>;
  return (
    <div>
      <h3 className={styles.title}>{t('quarantine.claims')}</h3>
      <ul className={styles.macs}>
        {macs.slice(0, mostShown).map(({ id, name, owner, lastContactAt }) => (
          <li key={id}>
            <Link href={`/console/devices/${id}`}>{name}</Link>
            {' · '}
            {owner.name}
            {' · '}
            {t('quarantine.contact')} {lastContactAt === null ? t('never') : <Time at={lastContactAt} />}
          </li>
        ))}
      </ul>
    </div>
  );
}
