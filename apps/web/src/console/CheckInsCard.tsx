import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { checkInsQuery } from '../api/queries.ts';
import { Card } from '../ui/Card.tsx';
import { Timeline } from '../ui/Timeline.tsx';

/** How often and in which way the Mac was in contact, an hour an entry, newest first. */
export function CheckInsCard({ deviceId }: { readonly deviceId: string }) {
  const { t } = useTranslation('console');
  const checkIns = useQuery(checkInsQuery(deviceId));
  if (checkIns.data === undefined) return null;
  const entries = checkIns.data.items.map(({ hour, lastAt, contacts }) => ({
    id: hour,
    at: lastAt,
    text: contacts
      .map(({ kind, count }) => t('checkIns.count', { kind: t(`checkIns.kind.${kind}`), count }))
      .join(' · '),
    note: null,
  }));
  return (
    <Card title={t('checkIns.title')}>
      {entries.length === 0 ? (
        <p>{t('checkIns.none')}</p>
      ) : (
        <>
          <p className="quiet">{t('checkIns.lead')}</p>
          <Timeline entries={entries} />
        </>
      )}
    </Card>
  );
}
