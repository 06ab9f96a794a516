import { Button } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { hasCode } from '../api/problem-error.ts';
import { meQuery, portalQuery } from '../api/queries.ts';
import { currentPath, signInAddress, signOut } from '../api/sign-in.ts';
import iconUrl from '../icon.svg';
import { Banner } from '../ui/Banner.tsx';
import styles from './ConsoleShell.module.css';

/** The console's frame: navigation left, who I am on top. */
export function ConsoleShell({ children }: { readonly children: ReactNode }) {
  const { t } = useTranslation(['console', 'translation']);
  const me = useQuery(meQuery);
  const portal = useQuery(portalQuery);
  const ended = me.data !== undefined && hasCode(me.error, 'not-signed-in');
  return (
    <div className={styles.shell}>
      <a href="#content" className={styles.skip}>
        {t('translation:app.skip')}
      </a>
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
      <div className={styles.body}>
        <nav className={styles.nav} aria-label={t('console:nav')}>
          <Link href="/console/devices" className={styles.entry} aria-current="page">
            {t('console:devices')}
          </Link>
        </nav>
        <main id="content" className={styles.main} tabIndex={-1}>
          {ended ? (
            <Banner tone="warning" live>
              <p>{t('translation:app.sessionEnded')}</p>
              <a href={signInAddress(currentPath())} target="_blank" rel="noreferrer">
                {t('translation:app.signInAgain')}
              </a>
            </Banner>
          ) : null}
          {children}
        </main>
      </div>
    </div>
  );
}
