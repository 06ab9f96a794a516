import { useQuery } from '@tanstack/react-query';
import { Redirect, Route, Switch } from 'wouter';
import { useLiveEvents } from '../api/events.ts';
import { meQuery } from '../api/queries.ts';
import { ConsoleGate } from './ConsoleGate.tsx';
import { ConsoleShell } from './ConsoleShell.tsx';
import { DevicePage } from './DevicePage.tsx';
import { DevicesPage } from './DevicesPage.tsx';
import { SettingsPage } from './SettingsPage.tsx';

/** IT's console. Pages of ours only: everything else leads to the devices. */
export function ConsoleApp() {
  const me = useQuery(meQuery);
  useLiveEvents(me.data !== undefined && me.error === null);
  return (
    <ConsoleShell>
      <ConsoleGate>
        <Switch>
          <Route path="/console/devices">
            <DevicesPage />
          </Route>
          <Route path="/console/devices/:id">{({ id }) => <DevicePage key={id} id={id} />}</Route>
          <Route path="/console/settings">
            <SettingsPage />
          </Route>
          <Route>
            <Redirect href="/console/devices" replace />
          </Route>
        </Switch>
      </ConsoleGate>
    </ConsoleShell>
  );
}
