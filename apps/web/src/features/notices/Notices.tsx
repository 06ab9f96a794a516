import { Button } from '@fluentui/react-components';
import type { Notice } from '@keyhaven/api-contract/notice';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { markNoticeRead } from '../../api/device-calls.ts';
import { Card } from '../../ui/Card.tsx';
import { Time } from '../../ui/Time.tsx';
import { useProblemText } from '../../words/use-problem-text.ts';
import styles from './Notices.module.css';

type Props = { readonly notices: readonly Notice[]; readonly linked?: boolean };

/** What the person should know and has not read yet; nothing at all when there is nothing. */
export function Notices({ notices, linked = false }: Props) {
  const { t } = useTranslation();
  const unread = notices.filter((notice) => notice.readAt === null);
  if (unread.length === 0) return null;
  return (
    <Card title={t('notice.title')}>
      <ul className={styles.list}>
        {unread.map((notice) => (
          <NoticeItem key={notice.id} notice={notice} linked={linked} />
        ))}
      </ul>
    </Card>
  );
}

function NoticeItem({ notice, linked }: { readonly notice: Notice; readonly linked: boolean }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const problemText = useProblemText();
  const [problem, setProblem] = useState<string | null>(null);
  const read = async (): Promise<void> => {
    try {
      await markNoticeRead(notice.id);
      await client.invalidateQueries({ queryKey: ['notices'] });
    } catch (error) {
      setProblem(problemText(error));
    }
  };
  return (
    <li className={styles.notice}>
      <div className={styles.text}>
        <p>
          {t(`notice.${notice.kind}`, {
            by: notice.by ?? t('notice.somebody'),
            device: notice.deviceName ?? '',
            reason: notice.reason ?? '',
          })}
        </p>
        {notice.reason === null || notice.deviceId === null ? null : (
          <p className={styles.quiet}>{t('notice.reason', { reason: notice.reason })}</p>
        )}
        <p className={styles.quiet}>
          <Time at={notice.at} />
        </p>
        {problem === null ? null : <p role="alert">{problem}</p>}
      </div>
      <div className={styles.actions}>
        {linked && notice.deviceId !== null ? (
          <Link href={`/devices/${notice.deviceId}`} className={styles.show}>
            {t('notice.show')}
          </Link>
        ) : null}
        <Button onClick={() => void read()}>{t('notice.read')}</Button>
      </div>
    </li>
  );
}
