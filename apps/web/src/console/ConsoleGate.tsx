import { Button } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { hasCode } from '../api/problem-error.ts';
import { meQuery } from '../api/queries.ts';
import { currentPath, signInAddress } from '../api/sign-in.ts';
import { Bones } from '../ui/Bones.tsx';
import { Loaded } from '../ui/Loaded.tsx';
import { Page } from '../ui/Page.tsx';
import { LoadProblem } from './LoadProblem.tsx';

/** The console is for people with `device:read`. The server decides; this only says so kindly. */
export function ConsoleGate({ children }: { readonly children: ReactNode }) {
  const { t } = useTranslation(['console', 'translation']);
  const me = useQuery(meQuery);
  if (me.data === undefined && hasCode(me.error, 'not-signed-in'))
    return (
      <Page title={t('console:title')}>
        <div>
          <Button as="a" appearance="primary" href={signInAddress(currentPath())}>
            {t('translation:app.signIn')}
          </Button>
        </div>
      </Page>
    );
  return (
    <Loaded
      query={me}
      waiting={<Bones label={t('translation:app.loading')} />}
      failed={(error, retry) => <LoadProblem error={error} onRetry={retry} />}
    >
      {(person) => (person.permissions.includes('device:read') ? children : <NoAccess />)}
    </Loaded>
  );
}

function NoAccess() {
  const { t } = useTranslation('console');
  return (
    <Page title={t('title')}>
      <p>{t('noAccess')}</p>
      <p>
        <a href="/">{t('portal')}</a>
      </p>
    </Page>
  );
}
