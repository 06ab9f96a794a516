import type { AccessState, Device } from '@keyhaven/api-contract/device';
import type { Tone } from './tone.ts';

/** Which sentences of `en.ts` (under `key`) tell the state of a Mac's recovery key, and how it looks. */
export const keyLines = [
  'stored',
  'stored-unproven',
  'candidate',
  'uncertain',
  'none',
  'not-encrypted',
  'no-management',
  'management-refused',
  'not-enrolled',
  'quarantined',
  'ended',
  'ended-stored',
] as const;
export type KeyLine = (typeof keyLines)[number];

type Facts = Pick<Device, 'recoveryKey' | 'encryption' | 'enrollment' | 'fileVaultProfile'>;

/** The one sentence to open with. An enrollment that is not active says so first: nothing else can change. */
export function keyLineOf(device: Facts): KeyLine {
  const held = device.recoveryKey.state;
  switch (device.enrollment.state) {
    case 'ended':
      return held === 'none' ? 'ended' : 'ended-stored';
    case 'quarantined':
      return 'quarantined';
    case 'waiting':
      return held === 'none' ? 'not-enrolled' : heldLine(device);
    case 'active':
      break;
  }
  return heldLine(device);
}

function heldLine(device: Facts): KeyLine {
  switch (device.recoveryKey.state) {
    case 'current':
      return 'stored';
    case 'unproven':
      return 'stored-unproven';
    case 'candidate':
      return 'candidate';
    case 'uncertain':
      return 'uncertain';
    case 'none':
      break;
  }
  if (device.encryption.enabled === false) return 'not-encrypted';
  switch (device.fileVaultProfile) {
    case 'acknowledged':
      return 'none';
    case 'refused':
      return 'management-refused';
    case 'none':
    case 'sent':
      break;
  }
  return 'no-management';
}

const tones: Readonly<Record<KeyLine, Tone>> = {
  stored: 'good',
  'stored-unproven': 'warning',
  candidate: 'busy',
  uncertain: 'warning',
  none: 'warning',
  'not-encrypted': 'warning',
  'no-management': 'warning',
  'management-refused': 'warning',
  'not-enrolled': 'neutral',
  quarantined: 'bad',
  ended: 'neutral',
  'ended-stored': 'neutral',
};
export const keyTone = (line: KeyLine): Tone => tones[line];

const accessTones: Readonly<Record<AccessState, Tone>> = {
  'can-access': 'good',
  grace: 'warning',
  blocked: 'bad',
};
export const accessTone = (state: AccessState): Tone => accessTones[state];
