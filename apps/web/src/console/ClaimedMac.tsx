import type { Device } from '@keyhaven/api-contract/device';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { Time } from '../ui/Time.tsx';
import styles from './ClaimedMac.module.css';

/** The Mac that one in quarantine says it is. */
export function ClaimedMac({ mac: { id, name, owner, lastContactAt } }: { readonly mac: Device }) {
  const { t } = useTranslation('console');
  return (
    <div>
      <h3 className={styles.title}>{t('quarantine.claims')}</h3>
      <p>
        <Link href={`/console/devices/${id}`}>{name}</Link>
        {' · '}
        {owner.name}
        {' · '}
        {t('quarantine.contact')} {lastContactAt === null ? t('never') : <Time at={lastContactAt} />}
      </p>
    </div>
  );
}
