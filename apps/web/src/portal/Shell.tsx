import { Button } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { meQuery, portalQuery } from '../api/queries.ts';
import { signOut } from '../api/sign-in.ts';
import { NoticeBell } from '../features/notices/NoticeBell.tsx';
import { Avatar } from '../features/session/Avatar.tsx';
import { SessionBanners } from '../features/session/SessionBanners.tsx';
import iconUrl from '../icon.svg';
import styles from './Shell.module.css';

/** What stands around every page: the header and the banners. */
export function Shell({ children }: { readonly children: ReactNode }) {
  const { t } = useTranslation();
  return (
    <div className={`${styles.shell} touch`}>
      <a href="#content" className={styles.skip}>
        {t('app.skip')}
      </a>
      <Header />
      <main id="content" className={styles.main} tabIndex={-1}>
        <SessionBanners />
        {children}
      </main>
    </div>
  );
}

function Header() {
  const { t } = useTranslation();
  const portal = useQuery(portalQuery);
  return (
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
          <Person />
        </div>
      </nav>
    </header>
  );
}

function Person() {
  const { t } = useTranslation();
  const me = useQuery(meQuery);
  if (me.data === undefined) return null;
  return (
    <>
      <NoticeBell />
      {me.data.permissions.includes('device:read') ? (
        <a href="/console/devices" className={styles.tool}>
          {t('app.console')}
        </a>
      ) : null}
      <Avatar name={me.data.name} />
      <Button
        appearance="subtle"
        className={styles.signOut ?? ''}
        title={t('app.signedInAs', { name: me.data.name })}
        onClick={() => void signOut()}
      >
        {t('app.signOut')}
      </Button>
    </>
  );
}
