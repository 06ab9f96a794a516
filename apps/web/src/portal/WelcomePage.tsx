import { Button } from '@fluentui/react-components';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { currentPath, signInAddress } from '../api/sign-in.ts';
import { Card } from '../ui/Card.tsx';
import { Page } from '../ui/Page.tsx';
import { usePortalTitle } from './use-portal-title.ts';

/** For everybody who has not signed in: what this is, and the way in. */
export function WelcomePage() {
  const { t } = useTranslation();
  usePortalTitle(t('app.signIn'));
  return (
    <Page title={t('welcome.title')}>
      <Card>
        <p>{t('welcome.lead')}</p>
        <p>{t('welcome.lockedOut')}</p>
        <div>
          <Button as="a" size="large" appearance="primary" href={signInAddress(currentPath())}>
            {t('app.signIn')}
          </Button>
        </div>
      </Card>
      <p>
        {t('welcome.noSignIn')} <Link href="/help/locked-out">{t('welcome.noSignInHelp')}</Link>
      </p>
    </Page>
  );
}
