import type { Device } from '@keyhaven/api-contract/device';
import { useTranslation } from 'react-i18next';
import { CheckStatus } from '../features/check-status/CheckStatus.tsx';
import { RevealKey } from '../features/reveal-key/RevealKey.tsx';
import { RotateKey } from '../features/rotate-key/RotateKey.tsx';
import { ButtonRow } from '../ui/ButtonRow.tsx';
import { Card } from '../ui/Card.tsx';
import { KeyState } from './DeviceTable.tsx';

type Props = { readonly device: Device; readonly mine: boolean };

/** The state of the key and what this person may do about it. */
export function DeviceKeyActions({ device, mine }: Props) {
  const { t } = useTranslation(['console', 'translation']);
  const { actions } = device;
  return (
    <Card title={t('console:state')}>
      <KeyState device={device} />
      {device.ownership === 'personal' && !mine ? <PersonalNote rotate={actions.includes('rotate')} /> : null}
      {actions.includes('reveal') ? (
        <RevealKey
          deviceId={device.id}
          returnPath={`/console/devices/${device.id}`}
          main={false}
          needsReason={!mine}
          version={device.recoveryKey.version}
        />
      ) : null}
      {actions.includes('rotate') ? <RotateKey deviceId={device.id} withReason={!mine} /> : null}
      <ButtonRow>{actions.includes('check-status') ? <CheckStatus device={device} /> : null}</ButtonRow>
    </Card>
  );
}

function PersonalNote({ rotate }: { readonly rotate: boolean }) {
  const { t } = useTranslation('console');
  return (
    <p>
      {t('personalNote')} {rotate ? t('personalRotate') : null}
    </p>
  );
}
