import { AlertRegular } from '@fluentui/react-icons/svg/alert';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { noticesQuery } from '../../api/queries.ts';
import styles from './NoticeBell.module.css';

/** How many unread notices there are; they stand on top of the list of Macs. */
export function NoticeBell() {
  const { t } = useTranslation();
  const { data } = useQuery(noticesQuery);
  const count = data?.items.filter((notice) => notice.readAt === null).length ?? 0;
  if (count === 0) return null;
  return (
    <Link href="/" className={styles.bell} aria-label={t('app.notices', { count })}>
      <AlertRegular aria-hidden className={styles.icon ?? ''} />
      <span className={styles.count} aria-hidden>
        {count}
      </span>
    </Link>
  );
}
