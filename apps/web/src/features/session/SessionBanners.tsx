import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { hasCode } from '../../api/problem-error.ts';
import { meQuery } from '../../api/queries.ts';
import { currentPath, signInAddress } from '../../api/sign-in.ts';
import { Banner } from '../../ui/Banner.tsx';
import { useOnline } from '../../ui/use-online.ts';

/** That the network or the session is gone; the page under it stays as it is. Signing in happens in another tab. */
export function SessionBanners() {
  const { t } = useTranslation();
  const online = useOnline();
  const me = useQuery(meQuery);
  const ended = me.data !== undefined && hasCode(me.error, 'not-signed-in');
  return (
    <>
      {online ? null : (
        <Banner tone="warning" live>
          <p>{t('app.offline')}</p>
        </Banner>
      )}
      {ended ? (
        <Banner tone="warning" live>
          <p>{t('app.sessionEnded')}</p>
          <a href={signInAddress(currentPath())} target="_blank" rel="noreferrer">
            {t('app.signInAgain')}
          </a>
        </Banner>
      ) : null}
    </>
  );
}
