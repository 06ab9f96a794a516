import type { DeviceConcern } from '@keyhaven/api-contract/device';
import { useTranslation } from 'react-i18next';
import styles from './ConcernTags.module.css';

/** The gravest of what is odd about a Mac as a quiet tag, and how much more there is; why on hover. */
export function ConcernTags({ concerns }: { readonly concerns: readonly DeviceConcern[] }) {
  const { t } = useTranslation('console');
  const [first, ...others] = concerns;
  if (first === undefined) return null;
  return (
    <span className={styles.tag} title={concerns.map((concern) => t(`concern.${concern}.means`)).join('\n')}>
      {t(`concern.${first}.tag`)}
      {others.length === 0 ? null : ` ${t('moreConcerns', { count: others.length })}`}
    </span>
  );
}
