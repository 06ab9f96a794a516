import type { DeviceId, EnrollmentId } from '../../kernel/id.ts';
import type { NotedAs } from '../../kernel/verb.ts';
import type { Database, Tx } from '../../platform/db/database.ts';
import type { Executor } from '../../platform/db/named-statements.ts';
import type { Device, Inventory } from './device.ts';
import * as store from './devices.store.ts';
import type { KnownMac } from './enrollment.ts';
import * as enrollments from './enrollments.store.ts';

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
  /** The first TokenUpdate of a generation. */
  readonly onActivated: (tx: Tx, change: EnrollmentChange) => Promise<readonly NotedAs[]>;
  /** A generation ended: by CheckOut, or because `next` took its place. */
  readonly onEnded: (
    tx: Tx,
    change: EnrollmentChange & { readonly next: EnrollmentId | null },
  ) => Promise<readonly NotedAs[]>;
};

/** The enrollment that this certificate (SHA-256 of its DER) is pinned to, or null. */
export const findMac = (executor: Executor, certificateSha256: Buffer): Promise<KnownMac | null> =>
  enrollments.findMacByCertificate(executor, certificateSha256);

/** The same by its id, for a transport that knows Macs by other means than their certificate. */
export const findMacByEnrollment = (executor: Executor, enrollment: EnrollmentId): Promise<KnownMac | null> =>
  enrollments.findMacByEnrollment(executor, enrollment);
