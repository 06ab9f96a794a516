import { Button } from '@fluentui/react-components';
import type { Me } from '@keyhaven/api-contract/person';
import { useTranslation } from 'react-i18next';
import { signOut } from '../api/sign-in.ts';
import { Card } from '../ui/Card.tsx';
import { Page } from '../ui/Page.tsx';
import { BackLink } from './BackLink.tsx';
import { usePortalTitle } from './use-portal-title.ts';

/** What a person sets for themselves: a section a matter. Signing out comes first, for devices of somebody else. */
export function AccountPage({ me }: { readonly me: Me }) {
  const { t } = useTranslation();
  usePortalTitle(t('account.title'));
  return (
    <Page title={t('account.title')} above={<BackLink href="/" label={t('app.myMacs')} />}>
      <Card>
        <p>{t('app.signedInAs', { name: me.name })}</p>
        <p className="quiet">{me.email}</p>
        <div>
          <Button size="large" onClick={() => void signOut()}>
            {t('app.signOut')}
          </Button>
        </div>
      </Card>
    </Page>
  );
}
