import type { Device } from '@keyhaven/api-contract/device';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { accessLogQuery, deviceQuery, meQuery } from '../api/queries.ts';
import { AccessLog } from '../features/access-log/AccessLog.tsx';
import { Bones } from '../ui/Bones.tsx';
import { Card } from '../ui/Card.tsx';
import { Loaded } from '../ui/Loaded.tsx';
import { Page, useTabTitle } from '../ui/Page.tsx';
import { AttemptCard } from './AttemptCard.tsx';
import { CheckInsCard } from './CheckInsCard.tsx';
import { ConcernsCard } from './ConcernsCard.tsx';
import { DeviceKeyActions } from './DeviceKeyActions.tsx';
import styles from './DevicePage.module.css';
import { IdentityCard } from './IdentityCard.tsx';
import { LoadProblem } from './LoadProblem.tsx';
import { QuarantineCard } from './QuarantineCard.tsx';
import { VersionsCard } from './VersionsCard.tsx';

/** One Mac: identity left, state and next step in the middle, timeline right. */
export function DevicePage({ id }: { readonly id: string }) {
  const { t } = useTranslation();
  const device = useQuery(deviceQuery(id));
  return (
    <Loaded
      query={device}
      waiting={<Bones label={t('app.loading')} rows={3} />}
      failed={(error, retry) => <LoadProblem error={error} onRetry={retry} />}
    >
      {(data) => <DeviceView device={data} />}
    </Loaded>
  );
}

function DeviceView({ device }: { readonly device: Device }) {
  const { t } = useTranslation('console');
  useTabTitle(`${device.name} · ${t('title')}`);
  const me = useQuery(meQuery);
  const mine = me.data?.id === device.owner.id;
  return (
    <Page title={device.name} above={<Link href="/console/devices">{t('devices')}</Link>}>
      <div className={styles.columns}>
        <IdentityCard device={device} />
        <div className={styles.column}>
          {device.enrollment.state === 'quarantined' ? <QuarantineCard device={device} /> : null}
          <ConcernsCard concerns={device.concerns} />
          <DeviceKeyActions device={device} mine={mine} />
          <AttemptCard attempt={device.attempt} />
          <VersionsCard deviceId={device.id} />
        </div>
        <div className={styles.column}>
          <LogCard deviceId={device.id} mine={mine} />
          <CheckInsCard deviceId={device.id} />
        </div>
      </div>
    </Page>
  );
}

function LogCard({ deviceId, mine }: { readonly deviceId: string; readonly mine: boolean }) {
  const { t } = useTranslation('console');
  // Refused to people without audit:read; then there is nothing to show, and nothing to say.
  const log = useQuery(accessLogQuery(deviceId));
  if (log.data === undefined) return null;
  return (
    <Card title={t('timeline')}>
      <AccessLog entries={log.data.items} mine={mine} />
    </Card>
  );
}
