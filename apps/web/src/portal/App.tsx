import { useQuery } from '@tanstack/react-query';
import { lazy, type ReactNode, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { Route, Switch } from 'wouter';
import { useLiveEvents } from '../api/events.ts';
import { meQuery } from '../api/queries.ts';
import { Bones } from '../ui/Bones.tsx';
import { DevicePage } from './DevicePage.tsx';
import { HelpPage } from './HelpPage.tsx';
import { HelpTopicPage } from './HelpTopicPage.tsx';
import { MyMacsPage } from './MyMacsPage.tsx';
import { NotFoundPage } from './NotFoundPage.tsx';
import { Shell } from './Shell.tsx';
import { SignedIn } from './SignedIn.tsx';
import { StorePage } from './StorePage.tsx';

/** A page for a few minutes in the life of a Mac: nobody who is locked out should wait for it. */
const EnrollPage = lazy(async () => ({ default: (await import('./EnrollPage.tsx')).EnrollPage }));

const AccountPage = lazy(async () => ({ default: (await import('./AccountPage.tsx')).AccountPage }));

/** The pages of the portal. Help is for everybody; the others ask who is there first. */
export function App() {
  const me = useQuery(meQuery);
  useLiveEvents(me.data !== undefined && me.error === null);
  return (
    <Shell>
      <Switch>
        <Route path="/help">
          <HelpPage />
        </Route>
        <Route path="/help/:topic">{({ topic }) => <HelpTopicPage key={topic} topic={topic} />}</Route>
        <Route path="/">
          <SignedIn>{() => <MyMacsPage />}</SignedIn>
        </Route>
        <Route path="/enroll">
          <SignedIn>
            {() => (
              <Later>
                <EnrollPage />
              </Later>
            )}
          </SignedIn>
        </Route>
        <Route path="/account">
          <SignedIn>
            {(person) => (
              <Later>
                <AccountPage me={person} />
              </Later>
            )}
          </SignedIn>
        </Route>
        <Route path="/devices/:id">
          {({ id }) => <SignedIn>{(person) => <DevicePage key={id} id={id} me={person} />}</SignedIn>}
        </Route>
        <Route path="/devices/:id/store">
          {({ id }) => <SignedIn>{() => <StorePage key={id} id={id} />}</SignedIn>}
        </Route>
        <Route>
          <NotFoundPage />
        </Route>
      </Switch>
    </Shell>
  );
}

/** A page that is loaded when somebody opens it. */
function Later({ children }: { readonly children: ReactNode }) {
  const { t } = useTranslation();
  return <Suspense fallback={<Bones label={t('app.loading')} rows={3} />}>{children}</Suspense>;
}
