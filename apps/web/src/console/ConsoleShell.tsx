import { Button } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useLocation } from 'wouter';
import { meQuery, portalQuery } from '../api/queries.ts';
import { signOut } from '../api/sign-in.ts';
import { PushBanner } from '../features/push-certificate/PushBanner.tsx';
import { SessionBanners } from '../features/session/SessionBanners.tsx';
import iconUrl from '../icon.svg';
import styles from './ConsoleShell.module.css';

/** The console's frame: navigation left, who I am on top. */
export function ConsoleShell({ children }: { readonly children: ReactNode }) {
  const { t } = useTranslation(['console', 'translation']);
  const [path] = useLocation();
  return (
    <div className={styles.shell}>
      <a href="#content" className={styles.skip}>
        {t('translation:app.skip')}
      </a>
      <Header />
      <div className={styles.body}>
        <nav className={styles.nav} aria-label={t('console:nav')}>
          {(['devices', 'settings'] as const).map((entry) => (
            <Link
              key={entry}
              href={`/console/${entry}`}
              className={styles.entry}
              {...(path.startsWith(`/console/${entry}`) ? { 'aria-current': 'page' as const } : {})}
            >
              {t(`console:${entry}`)}
            </Link>
          ))}
        </nav>
        <main id="content" className={styles.main} tabIndex={-1}>
          <SessionBanners />
          <PushBanner />
          {children}
        </main>
      </div>
    </div>
  );
}

function Header() {
  const { t } = useTranslation(['console', 'translation']);
  const me = useQuery(meQuery);
  const portal = useQuery(portalQuery);
  return (
    <header>
      {portal.data?.evaluation === true ? (
        <p className={styles.evaluation}>{t('translation:app.evaluation')}</p>
      ) : null}
      <div className={styles.header}>
        <Link href="/console/devices" className={styles.brand}>
          <img src={iconUrl} alt="" width="24" height="24" />
          <span>{t('console:title')}</span>
        </Link>
        <div className={styles.tools}>
          <a href="/">{t('console:portal')}</a>
          {me.data === undefined ? null : (
            <>
              <span className="quiet">{me.data.email}</span>
              <Button appearance="subtle" onClick={() => void signOut()}>
                {t('translation:app.signOut')}
              </Button>
            </>
          )}
        </div>
      </div>
    </header>
  );
}
