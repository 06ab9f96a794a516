import type { DeviceConcern } from '@keyhaven/api-contract/device';
import { useTranslation } from 'react-i18next';
import { Banner } from '../ui/Banner.tsx';
import { Card } from '../ui/Card.tsx';
import styles from './ConcernsCard.module.css';

/** What is odd about a Mac, what it means, and what IT does about it. */
export function ConcernsCard({ concerns }: { readonly concerns: readonly DeviceConcern[] }) {
  const { t } = useTranslation('console');
  if (concerns.length === 0) return null;
  return (
    <Card title={t('concerns')}>
      {concerns.map((concern) => (
        <Banner key={concern} tone="warning">
          <div>
            <p className={styles.means}>{t(`concern.${concern}.means`)}</p>
            <p>{t(`concern.${concern}.todo`)}</p>
          </div>
        </Banner>
      ))}
    </Card>
  );
}
