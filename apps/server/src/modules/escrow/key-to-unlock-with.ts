import type { KeyVersionId } from '../../kernel/id.ts';
import type { Tx } from '../../platform/db/database.ts';
import type { Device } from '../devices/device.ts';
import { findVersions, type KeyVersionRow } from './escrow.store.ts';
import { findEscrowCopy } from './escrow-copies.store.ts';

/** The version that unlocks this Mac by the best of our knowledge, or null. */
export async function keyToUnlockWith(
  tx: Tx,
  device: Pick<Device, 'id' | 'enrollmentId'>,
): Promise<KeyVersionRow | null> {
  const { id, enrollmentId } = device;
  const copy = enrollmentId === null ? null : await findEscrowCopy(tx, enrollmentId);
  return chooseKey(await findVersions(tx, id), enrollmentId, copy);
}

/**
 * The newest that the Mac has told and that still stands, if it can be one that this generation has told. Where that is
 * only known from an escrow copy, the newest copy decides: the Mac may have gone back to an earlier key. A copy never
 * takes the place of a key that the Mac has handed back itself: it may not have been renewed since.
 *
 * `versions`: newest first. `copy`: what the newest escrow copy of this generation holds.
 */
export function chooseKey(
  versions: readonly KeyVersionRow[],
  enrollment: KeyVersionRow['confirmedEnrollment'],
  copy: KeyVersionId | null,
): KeyVersionRow | null {
  const standing = versions.filter(({ state }) => state === 'unproven' || state === 'current');
  const told = standing.filter(({ confirmedEnrollment }) => confirmedEnrollment === enrollment);
  const newest = told[0] ?? standing[0] ?? null;
  if (newest?.state !== 'unproven') return newest;
  return told.find(({ id }) => id === copy) ?? newest;
}
