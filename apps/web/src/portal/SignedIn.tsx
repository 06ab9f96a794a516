import type { Me } from '@keyhaven/api-contract/person';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { hasCode } from '../api/problem-error.ts';
import { meQuery } from '../api/queries.ts';
import { Bones } from '../ui/Bones.tsx';
import { Loaded } from '../ui/Loaded.tsx';
import { LoadFailed } from './LoadFailed.tsx';
import { WelcomePage } from './WelcomePage.tsx';

/**
 * A page for somebody who has signed in; everybody else is welcomed. A session that ends while a page is open leaves
 * the page where it is: what was typed must not be lost.
 */
export function SignedIn({ children }: { readonly children: (me: Me) => ReactNode }) {
  const { t } = useTranslation();
  const me = useQuery(meQuery);
  useForgetOthers(me.data?.id);
  if (me.data === undefined && hasCode(me.error, 'not-signed-in')) return <WelcomePage />;
  return (
    <Loaded
      query={me}
      waiting={<Bones label={t('app.loading')} />}
      failed={(error, retry) => <LoadFailed error={error} onRetry={retry} />}
    >
      {children}
    </Loaded>
  );
}

/** Another person in the same tab starts with nothing of the one before. */
function useForgetOthers(id: string | undefined): void {
  const client = useQueryClient();
  const before = useRef(id);
  useEffect(() => {
    if (before.current !== undefined && id !== undefined && before.current !== id)
      void client.resetQueries({
        predicate: (query) => query.queryKey[0] !== 'me' && query.queryKey[0] !== 'portal',
      });
    before.current = id ?? before.current;
  }, [client, id]);
}
