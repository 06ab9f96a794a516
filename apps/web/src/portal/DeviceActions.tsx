import type { Device } from '@keyhaven/api-contract/device';
import { useTranslation } from 'react-i18next';
import { CheckStatus } from '../features/check-status/CheckStatus.tsx';
import { RemoveDevice } from '../features/remove-device/RemoveDevice.tsx';
import { RenameDevice } from '../features/rename-device/RenameDevice.tsx';
import { RotateKey } from '../features/rotate-key/RotateKey.tsx';
import { ButtonRow } from '../ui/ButtonRow.tsx';
import { Card } from '../ui/Card.tsx';
import { mainActionOf } from '../words/main-action.ts';
import { StoreLink } from './StoreLink.tsx';

/** The actions that are not the main one; removing stands apart, at the very end. */
export function DeviceActions({ device }: { readonly device: Device }) {
  const { t } = useTranslation();
  const main = mainActionOf(device);
  const may = (action: (typeof device.actions)[number]): boolean =>
    device.actions.includes(action) && action !== main;
  if (!(['store', 'rotate', 'check-status', 'rename', 'remove'] as const).some(may)) return null;
  return (
    <>
      <Card title={t('action.more')}>
        {may('rotate') ? <RotateKey deviceId={device.id} /> : null}
        <ButtonRow>
          {may('store') ? <StoreLink deviceId={device.id} /> : null}
          {may('check-status') ? <CheckStatus device={device} /> : null}
          {may('rename') ? <RenameDevice deviceId={device.id} name={device.name} /> : null}
        </ButtonRow>
      </Card>
      {may('remove') ? (
        <div>
          <RemoveDevice deviceId={device.id} name={device.name} />
        </div>
      ) : null}
    </>
  );
}
