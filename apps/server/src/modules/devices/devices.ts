import { after, hours } from '../../kernel/clock.ts';
import type { DeviceId, EnrollmentId, Ids } from '../../kernel/id.ts';
import type { NotedAs } from '../../kernel/verb.ts';
import type { Database, Tx } from '../../platform/db/database.ts';
import type { Executor } from '../../platform/db/named-statements.ts';
import type { Device, Inventory } from './device.ts';
import * as store from './devices.store.ts';
import type { KnownMac } from './enrollment.ts';
import {
  countEnrolled,
  countEnrolledWithout,
  isAnyEnrolledWith,
  lockEnrollment,
} from './enrollments.store.ts';
import * as identities from './identities.store.ts';
import { newChallenge } from './new-challenge.ts';
import type { Tell } from './tell.port.ts';

/** The Mac, or null. */
export const findDevice = (executor: Executor, device: DeviceId): Promise<Device | null> =>
  store.findDevice(executor, device);

/** The Mac, locked to the end of the transaction: every write about a Mac's keys and attempts begins here. */
export const lockDevice = (tx: Tx, device: DeviceId): Promise<Device | null> => store.lockDevice(tx, device);

/** The number of the next key version of a locked Mac. */
export const takeKeyVersionNumber = (tx: Tx, device: DeviceId): Promise<number> =>
  store.takeKeyVersionNumber(tx, device);

/** What SecurityInfo said about FileVault; null where it did not say. */
export const reportEncryption = (
  tx: Tx,
  device: DeviceId,
  told: { readonly enabled: boolean | null; readonly hasPersonalRecoveryKey: boolean | null },
  now: Date,
): Promise<void> => store.reportEncryption(tx, device, told.enabled, told.hasPersonalRecoveryKey, now);

/** What DeviceInformation said. */
export const updateInventory = (tx: Tx, device: DeviceId, told: Inventory): Promise<void> =>
  store.updateInventory(tx, device, told);

/** The Mac was in contact. */
export const touchDevice = (executor: Executor, device: DeviceId, now: Date): Promise<void> =>
  store.touchDevice(executor, device, now);

/**
 * The same by itself, outside a transaction: not waited for on the disk. Should the database's machine fail within the
 * next moment, the time of the contact is the one before.
 */
export const touchDeviceSoon = (database: Database, device: DeviceId, now: Date): Promise<void> =>
  store.touchDeviceSoon(database, device, now);

/** Removed by its owner: it stays in their list, with its keys. */
export const markRemoved = (tx: Tx, device: DeviceId, now: Date): Promise<void> =>
  store.removeDevice(tx, device, now);

export type EnrollmentChange = {
  readonly device: DeviceId;
  readonly enrollment: EnrollmentId;
  readonly now: Date;
};

/** What the rooms above do when an enrollment changes, inside the same transaction. Each returns its notes. */
export type EnrollmentReactions = {
  readonly tell: Tell;
  /** The first TokenUpdate of a generation. */
  readonly onActivated: (tx: Tx, change: EnrollmentChange) => Promise<readonly NotedAs[]>;
  /** A generation ended: by CheckOut, or because `next` took its place. */
  readonly onEnded: (
    tx: Tx,
    change: EnrollmentChange & { readonly next: EnrollmentId | null },
  ) => Promise<readonly NotedAs[]>;
  /**
   * A live generation began once more, or a renewed certificate is said to have come. Null where we see certificates:
   * there it is the same Mac.
   */
  readonly onRepeated: ((tx: Tx, change: EnrollmentChange) => Promise<readonly NotedAs[]>) | null;
};

/** The enrollment that this certificate (SHA-256 of its DER) was issued for, or null. */
export const findMac = (executor: Executor, certificateSha256: Buffer): Promise<KnownMac | null> =>
  identities.findMacByCertificate(executor, certificateSha256);

/** The same by its id, for a transport that knows Macs by other means than their certificate. */
export const findMacByEnrollment = (executor: Executor, enrollment: EnrollmentId): Promise<KnownMac | null> =>
  identities.findMacByEnrollment(executor, enrollment);

/** Live enrollments whose certificate ends before `until`, but those asked to renew since `askedSince`. */
export const findExpiring = (
  database: Database,
  until: Date,
  askedSince: Date,
  limit: number,
): Promise<readonly EnrollmentId[]> => identities.findExpiring(database, until, askedSince, limit);

/** The Mac of this enrollment, or null. */
export const findDeviceOfEnrollment = async (tx: Tx, enrollment: EnrollmentId): Promise<DeviceId | null> =>
  (await lockEnrollment(tx, enrollment))?.deviceId ?? null;

/** A challenge for the next certificate of a live enrollment, good for an hour; null when it is not live. */
export async function takeRenewalChallenge(
  tx: Tx,
  enrollment: EnrollmentId,
  ids: Ids,
  now: Date,
): Promise<string | null> {
  const found = await lockEnrollment(tx, enrollment);
  if (found?.state !== 'active') return null;
  const { challenge, challengeHash } = newChallenge();
  const identity = { id: ids.next<'identity'>(), enrollment, purpose: 'renewal', challengeHash } as const;
  await identities.insertIdentity(tx, { ...identity, challengeExpiresAt: after(now, hours(1)) }, now);
  return challenge;
}

/** How many Macs are enrolled now. */
export const countEnrolledMacs = (executor: Database | Tx): Promise<number> => countEnrolled(executor);

/** Of these, those that a certificate of this push topic does not reach. */
export const countMacsWithoutTopic = (executor: Database | Tx, topic: string): Promise<number> =>
  countEnrolledWithout(executor, topic);

/** Whether a Mac is enrolled with this push topic, or with any where it is null, that is not `otherThan`. */
export const isAnyMacEnrolledWith = (tx: Tx, topic: string | null, otherThan: string): Promise<boolean> =>
  isAnyEnrolledWith(tx, topic, otherThan);
