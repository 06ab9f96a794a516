import type { Device } from '@keyhaven/api-contract/device';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link, useLocation } from 'wouter';
import { deviceQuery } from '../api/queries.ts';
import { StoreKeyForm } from '../features/store-key/StoreKeyForm.tsx';
import { Bones } from '../ui/Bones.tsx';
import { Card } from '../ui/Card.tsx';
import { Loaded } from '../ui/Loaded.tsx';
import { Page } from '../ui/Page.tsx';
import { BackLink } from './BackLink.tsx';
import { LoadFailed } from './LoadFailed.tsx';
import { usePortalTitle } from './use-portal-title.ts';

/** Store recovery key: the two boxes and Save. */
export function StorePage({ id }: { readonly id: string }) {
  const { t } = useTranslation();
  usePortalTitle(t('store.title'));
  const device = useQuery(deviceQuery(id));
  return (
    <Loaded
      query={device}
      waiting={<Bones label={t('app.loading')} />}
      failed={(error, retry) => <LoadFailed error={error} onRetry={retry} />}
    >
      {(data) => <StoreView device={data} />}
    </Loaded>
  );
}

function StoreView({ device }: { readonly device: Device }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [, go] = useLocation();
  const page = `/devices/${device.id}`;
  return (
    <Page title={t('store.title')} above={<BackLink href={page} label={device.name} />}>
      <p>{t('store.lead', { name: device.name })}</p>
      <Card>
        <StoreKeyForm
          deviceId={device.id}
          onStored={(attempt) => {
            client.setQueryData(deviceQuery(device.id).queryKey, { ...device, attempt });
            void client.invalidateQueries({ queryKey: ['devices'] });
            void client.invalidateQueries({ queryKey: ['device', device.id] });
            go(page);
          }}
        />
      </Card>
      <p className="quiet">{t('store.after')}</p>
      <p>
        <Link href="/help/store">{t('store.where')}</Link>
      </p>
    </Page>
  );
}
