import type { Device, DeviceAction } from '@keyhaven/api-contract/device';
import { isOpen } from '../api/open-attempt.ts';
import { nextStepAfter } from './failure-words.ts';
import { keyLineOf } from './key-words.ts';

type Facts = Pick<
  Device,
  'recoveryKey' | 'encryption' | 'enrollment' | 'fileVaultProfile' | 'attempt' | 'actions'
>;

/** The one action to put first on a Mac's page, out of those the caller may take now; null when there is none. */
export function mainActionOf(device: Facts): DeviceAction | null {
  const wanted = wishes(device).find((action) => device.actions.includes(action));
  return wanted ?? null;
}

function wishes(device: Facts): readonly DeviceAction[] {
  const { attempt } = device;
  if (attempt?.advice === 'make-new-key-at-mac') return ['store', 'reveal'];
  if (attempt?.state === 'failed' && attempt.reason !== null) {
    const step = nextStepAfter(attempt.reason);
    if (step === 'try-again') return attempt.kind === 'store' ? ['store', 'rotate'] : ['rotate', 'store'];
    if (step === 'check-status' || step === 'turn-on-filevault') return ['check-status', 'store'];
    // Nothing here would help: the contact card stands in the place of a button.
    if (step === 'contact') return [];
  }
  if (isOpen(attempt)) return ['check-status', 'reveal'];
  switch (keyLineOf(device)) {
    case 'stored':
    case 'ended-stored':
      return ['reveal'];
    case 'stored-unproven':
      return ['rotate', 'reveal'];
    case 'uncertain':
    case 'candidate':
    case 'not-encrypted':
      return ['check-status', 'store'];
    case 'no-management':
    case 'management-refused':
      return ['check-status', 'store'];
    case 'none':
      return ['store'];
    case 'not-enrolled':
    case 'quarantined':
    case 'ended':
      break;
  }
  return ['reveal'];
}
