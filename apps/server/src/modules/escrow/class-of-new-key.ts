import type { Ownership } from '@keyhaven/api-contract/device';
import type { Device } from '../devices/device.ts';
import type { AttemptRow } from './escrow.store.ts';

/**
 * The class of a key that this attempt brings: fixed when the attempt was made, so that a switch on the way opens
 * nothing. It can only close: what a Mac makes after IT has said that it is personal is personal, although its attempt
 * began before; otherwise two switches around an attempt would open it.
 */
export function classOfNewKey(
  attempt: Pick<AttemptRow, 'ownershipClass' | 'startedAt'>,
  { ownership, ownershipChangedAt }: Pick<Device, 'ownership' | 'ownershipChangedAt'>,
): Ownership {
  const unchanged = ownershipChangedAt === null || ownershipChangedAt <= attempt.startedAt;
  return ownership === 'corporate' && unchanged ? attempt.ownershipClass : 'personal';
}
