import type { DeviceConcern } from '@keyhaven/api-contract/device';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { Banner } from '../../ui/Banner.tsx';
import { concernStep } from '../../words/concern-words.ts';
import styles from './Concerns.module.css';

/** What is odd about a Mac, in a line each, and the one thing that its owner can do about it. */
export function Concerns({ concerns }: { readonly concerns: readonly DeviceConcern[] }) {
  const { t } = useTranslation();
  if (concerns.length === 0) return null;
  return (
    <section className={styles.concerns} aria-label={t('concern.title')}>
      {concerns.map((concern) => (
        <Banner key={concern} tone="warning">
          <p className={styles.means}>{t(`concern.${concern}.means`)}</p>
          <p>{t(`concern.${concern}.todo`)}</p>
          {concernStep(concern) === 'enroll' ? (
            <Link href="/enroll" className={styles.link}>
              {t('concern.enroll')}
            </Link>
          ) : null}
        </Banner>
      ))}
    </section>
  );
}
