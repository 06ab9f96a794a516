import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { meQuery, pushCertificateQuery } from '../../api/queries.ts';
import { Banner } from '../../ui/Banner.tsx';
import { pushWarningOf } from '../../words/push-words.ts';

/** On every page of the console, for those who can mend it: that Macs can, or soon will, no longer be woken. */
export function PushBanner() {
  const { t } = useTranslation('settings');
  const me = useQuery(meQuery);
  const mayMend = me.data?.permissions.includes('settings:write') === true;
  const { data } = useQuery({ ...pushCertificateQuery, enabled: mayMend });
  const warning = data === undefined ? null : pushWarningOf(data);
  if (data === undefined || warning === null) return null;
  return (
    <Banner tone={warning === 'soon' ? 'warning' : 'bad'}>
      <p>
        {warning === 'soon'
          ? t('push.banner.soon', { count: data.daysLeft ?? 0 })
          : t(`push.banner.${warning}`)}{' '}
        <Link href="/console/settings">{t('push.banner.look')}</Link>
      </p>
    </Banner>
  );
}
