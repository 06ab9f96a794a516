import { Button } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { hasCode } from '../api/problem-error.ts';
import { meQuery, portalQuery } from '../api/queries.ts';
import { currentPath, signInAddress, signOut } from '../api/sign-in.ts';
import { NoticeBell } from '../features/notices/NoticeBell.tsx';
import iconUrl from '../icon.svg';
import { Banner } from '../ui/Banner.tsx';
import { useOnline } from '../ui/use-online.ts';
import styles from './Shell.module.css';

/** What stands around every page: the header, the banners, the footer. */
export function Shell({ children }: { readonly children: ReactNode }) {
  const { t } = useTranslation();
  const portal = useQuery(portalQuery);
  const me = useQuery(meQuery);
  const online = useOnline();
  const ended = me.data !== undefined && hasCode(me.error, 'not-signed-in');
  return (
    <div className={`${styles.shell} touch`}>
      <a href="#content" className={styles.skip}>
        {t('app.skip')}
      </a>
      <header className={styles.header}>
        {portal.data?.evaluation === true ? <p className={styles.evaluation}>{t('app.evaluation')}</p> : null}
        <nav className={styles.bar} aria-label={t('app.main')}>
          <Link href="/" className={styles.brand}>
            <img src={iconUrl} alt="" width="28" height="28" />
            <span>{portal.data?.portalName ?? ''}</span>
          </Link>
          <div className={styles.tools}>
            <Link href="/help" className={styles.tool}>
              {t('app.help')}
            </Link>
            {me.data === undefined ? null : (
              <Person name={me.data.name} mayManage={me.data.permissions.includes('device:read')} />
            )}
          </div>
        </nav>
      </header>
      <main id="content" className={styles.main} tabIndex={-1}>
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
        {children}
      </main>
    </div>
  );
}

function Person({ name, mayManage }: { readonly name: string; readonly mayManage: boolean }) {
  const { t } = useTranslation();
  return (
    <>
      <NoticeBell />
      {mayManage ? (
        <a href="/console/devices" className={styles.tool}>
          {t('app.console')}
        </a>
      ) : null}
      <Button appearance="subtle" title={t('app.signedInAs', { name })} onClick={() => void signOut()}>
        {t('app.signOut')}
      </Button>
    </>
  );
}
