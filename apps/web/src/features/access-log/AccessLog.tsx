import type { AccessLogEntry } from '@keyhaven/api-contract/recovery-key';
import { useTranslation } from 'react-i18next';
import { Timeline } from '../../ui/Timeline.tsx';

type Props = {
  readonly entries: readonly AccessLogEntry[] /** Whether the reader is the owner. */;
  readonly mine: boolean;
};

/** Who saw or rotated the key of this Mac, when, and why. */
export function AccessLog({ entries, mine }: Props) {
  const { t } = useTranslation();
  if (entries.length === 0) return <p>{t('log.empty')}</p>;
  const lines = entries.map((entry, index) => ({
    id: `${entry.at} ${index}`,
    at: entry.at,
    text: t('log.entry', {
      by: mine && entry.byOwner ? t('log.you') : capitalised(entry.by),
      what: t(`log.${entry.what}`),
    }),
    note: entry.reason === null ? null : t('log.reason', { reason: entry.reason }),
  }));
  return <Timeline entries={lines} />;
}

/** The name starts the sentence, and "the Mac" is one of the names. */
const capitalised = (name: string): string => name.charAt(0).toLocaleUpperCase() + name.slice(1);
