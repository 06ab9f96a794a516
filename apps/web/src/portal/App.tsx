import { useQuery } from '@tanstack/react-query';
import { Route, Switch } from 'wouter';
import { useLiveEvents } from '../api/events.ts';
import { meQuery } from '../api/queries.ts';
import { DevicePage } from './DevicePage.tsx';
import { EnrollPage } from './EnrollPage.tsx';
import { HelpPage } from './HelpPage.tsx';
import { HelpTopicPage } from './HelpTopicPage.tsx';
import { MyMacsPage } from './MyMacsPage.tsx';
import { NotFoundPage } from './NotFoundPage.tsx';
import { Shell } from './Shell.tsx';
import { SignedIn } from './SignedIn.tsx';
import { StorePage } from './StorePage.tsx';

/** The six pages of the portal. Help is for everybody; the others ask who is there first. */
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
          <SignedIn>{() => <EnrollPage />}</SignedIn>
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
