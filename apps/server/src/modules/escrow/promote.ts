import type { KeySource, Ownership } from '@keyhaven/api-contract/device';
import type { Sealed } from '@keyhaven/sealing/record';
import type { AnswerId, EnrollmentId, KeyVersionId } from '../../kernel/id.ts';
import type { Tx } from '../../platform/db/database.ts';
import type { Device } from '../devices/device.ts';
import { takeKeyVersionNumber } from '../devices/devices.ts';
import * as store from './escrow.store.ts';

/** A key that the Mac made or confirmed: new to us, or a version that we already hold. */
export type ProvenKey =
  | { readonly kind: 'known'; readonly version: store.KeyVersionRow }
  | {
      readonly kind: 'new';
      readonly id: KeyVersionId;
      readonly sealed: Sealed;
      readonly ownershipClass: Ownership;
      readonly source: KeySource;
      readonly answer: AnswerId;
    };

/**
 * Makes this key the current one of a locked Mac. The one before stays, superseded; so does the key that unlocked the
 * rotation, and both are thereby proved.
 */
export async function promote(
  tx: Tx,
  device: Device,
  enrollment: EnrollmentId,
  key: ProvenKey,
  unlockVersion: KeyVersionId | null,
  now: Date,
): Promise<{ readonly id: KeyVersionId; readonly number: number }> {
  const versions = await store.findVersions(tx, device.id);
  const target = key.kind === 'known' ? key.version.id : key.id;
  for (const version of versions) {
    if (version.id === target) continue;
    const unlocked = version.id === unlockVersion;
    if (version.state === 'current' || (unlocked && isLive(version.state))) {
      await store.moveVersion(tx, version.id, version.state, 'superseded', unlocked ? now : version.provenAt);
    }
  }
  if (key.kind === 'known') {
    await store.moveVersion(tx, target, key.version.state, 'current', now);
    await store.confirmVersion(tx, target, enrollment);
    return { id: target, number: key.version.version };
  }
  const number = await takeKeyVersionNumber(tx, device.id);
  const { id, sealed, ownershipClass, source, answer } = key;
  await store.insertVersion(
    tx,
    {
      id,
      device: device.id,
      version: number,
      state: 'current',
      source,
      ownershipClass,
      sealed,
      enrollment,
      confirmedEnrollment: enrollment,
      answer,
      storedBy: null,
      provenAt: now,
    },
    now,
  );
  return { id, number };
}

const isLive = (state: store.KeyVersionRow['state']): boolean =>
  state === 'candidate' || state === 'unproven';
