import type { Device } from '@keyhaven/api-contract/device';
import type { Me } from '@keyhaven/api-contract/person';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { accessLogQuery, deviceQuery, noticesQuery } from '../api/queries.ts';
import { AccessLog } from '../features/access-log/AccessLog.tsx';
import { useFailureToast } from '../features/attempt/use-failure-toast.ts';
import { Concerns } from '../features/concerns/Concerns.tsx';
import { DeviceFacts } from '../features/device-card/DeviceFacts.tsx';
import { Notices } from '../features/notices/Notices.tsx';
import { Bones } from '../ui/Bones.tsx';
import { Card } from '../ui/Card.tsx';
import { Disclosure } from '../ui/Disclosure.tsx';
import { Loaded } from '../ui/Loaded.tsx';
import { Page } from '../ui/Page.tsx';
import { Toast } from '../ui/Toast.tsx';
import { BackLink } from './BackLink.tsx';
import { DeviceActions } from './DeviceActions.tsx';
import { LoadFailed } from './LoadFailed.tsx';
import { StatusCard } from './StatusCard.tsx';
import { usePortalTitle } from './use-portal-title.ts';

type Props = { readonly id: string; readonly me: Me };

/** A Mac's page: the status card first, everything else quieter below. */
export function DevicePage({ id, me }: Props) {
  const { t } = useTranslation();
  const device = useQuery(deviceQuery(id));
  return (
    <Loaded
      query={device}
      waiting={<Bones label={t('app.loading')} rows={3} />}
      failed={(error, retry) => <LoadFailed error={error} onRetry={retry} />}
    >
      {(data) => <DeviceView device={data} mine={data.owner.id === me.id} />}
    </Loaded>
  );
}

function DeviceView({ device, mine }: { readonly device: Device; readonly mine: boolean }) {
  const { t } = useTranslation();
  usePortalTitle(device.name);
  const toast = useFailureToast(device.attempt);
  const notices = useQuery(noticesQuery);
  const model = [device.model, device.osVersion === null ? null : `macOS ${device.osVersion}`];
  return (
    <Page
      title={device.name}
      above={<BackLink href="/" label={t('app.myMacs')} />}
      below={<p className="quiet">{model.filter((part) => part !== null).join(' · ')}</p>}
    >
      {toast.open ? (
        <Toast text={t('message.failedToast')} closeLabel={t('app.close')} onClose={toast.close} />
      ) : null}
      <StatusCard device={device} mine={mine} />
      {mine ? <Concerns concerns={device.concerns} /> : null}
      <Notices notices={(notices.data?.items ?? []).filter((notice) => notice.deviceId === device.id)} />
      <Card title={t('fact.title')}>
        <DeviceFacts device={device} mine={mine} />
        <WhoLooked deviceId={device.id} mine={mine} />
      </Card>
      <DeviceActions device={device} />
    </Page>
  );
}

function WhoLooked({ deviceId, mine }: { readonly deviceId: string; readonly mine: boolean }) {
  const { t } = useTranslation();
  const log = useQuery(accessLogQuery(deviceId));
  return (
    <Disclosure label={t('fact.whoLooked')}>
      {log.data === undefined ? null : <AccessLog entries={log.data.items} mine={mine} />}
    </Disclosure>
  );
}
