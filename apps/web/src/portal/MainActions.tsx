import type { Device } from '@keyhaven/api-contract/device';
import { CheckStatus } from '../features/check-status/CheckStatus.tsx';
import { RevealKey } from '../features/reveal-key/RevealKey.tsx';
import { RotateKey } from '../features/rotate-key/RotateKey.tsx';
import { mainActionOf } from '../words/main-action.ts';
import styles from './StatusCard.module.css';
import { StoreLink } from './StoreLink.tsx';

type Props = { readonly device: Device; readonly mine: boolean };

/** The one main button, and Get recovery key wherever it applies: somebody may be locked out right now. */
export function MainActions({ device, mine }: Props) {
  const main = mainActionOf(device);
  return (
    <div className={styles.actions}>
      {main === 'store' ? <StoreLink deviceId={device.id} main /> : null}
      {main === 'rotate' ? <RotateKey deviceId={device.id} main /> : null}
      {main === 'check-status' ? <CheckStatus device={device} main /> : null}
      {device.actions.includes('reveal') ? (
        <RevealKey
          deviceId={device.id}
          returnPath={`/devices/${device.id}`}
          main={main === 'reveal'}
          needsReason={!mine}
          version={device.recoveryKey.version}
          unproven={device.recoveryKey.state === 'unproven'}
        />
      ) : null}
    </div>
  );
}
