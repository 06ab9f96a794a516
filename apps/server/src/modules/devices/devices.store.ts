import { sql } from 'kysely';
import type { DeviceId, EnrollmentId, PersonId } from '../../kernel/id.ts';
import type { Database, Tx } from '../../platform/db/database.ts';
import { type Executor, namedQuery, prepared } from '../../platform/db/named-statements.ts';
import type { Device, Inventory } from './device.ts';

const columns = `d.id, d.udid, d.serial_number as "serialNumber", d.owner_id as "ownerId", d.ownership,
  d.ownership_changed_at as "ownershipChangedAt", d.name, d.encryption_enabled as "encryptionEnabled",
  d.has_personal_recovery_key as "hasPersonalRecoveryKey", d.encryption_reported_at as "encryptionReportedAt",
  d.last_contact_at as "lastContactAt", d.enrollment_id as "enrollmentId", e.state as "enrollmentState",
  d.quarantined_at as "quarantinedAt", d.removed_at as "removedAt", d.last_key_version as "lastKeyVersion"`;

const findDeviceStatement = prepared(
  'find-device',
  `select ${columns} from devices d left join enrollments e on e.id = d.enrollment_id where d.id = $1`,
);
const lockDeviceStatement = prepared(
  'lock-device',
  `select ${columns} from devices d left join enrollments e on e.id = d.enrollment_id
   where d.id = $1 for update of d`,
);

export async function findDevice(executor: Executor, device: DeviceId): Promise<Device | null> {
  return (await namedQuery<Device>(executor, findDeviceStatement, [device]))[0] ?? null;
}

/** The Mac, locked to the end of the transaction: every write about a Mac's keys and attempts begins here. */
export async function lockDevice(tx: Tx, device: DeviceId): Promise<Device | null> {
  return (await namedQuery<Device>(tx, lockDeviceStatement, [device]))[0] ?? null;
}

/** The Mac that goes by this UDID, locked: not one in quarantine, nor one whose place another has taken. */
export async function lockDeviceByUdid(tx: Tx, udid: string): Promise<Device | null> {
  const { rows } = await sql<Device>`
    select ${sql.raw(columns)} from devices d left join enrollments e on e.id = d.enrollment_id
    where d.udid = ${udid} and d.quarantined_at is null and d.replaced_at is null for update of d`.execute(
    tx,
  );
  return rows[0] ?? null;
}

export type NewDevice = {
  readonly id: DeviceId;
  readonly udid: string;
  readonly ownerId: PersonId;
  readonly ownership: string;
  readonly enrollmentId: EnrollmentId;
  /** Somebody else's Mac that it says it is: it is in quarantine then. */
  readonly claims: DeviceId | null;
};

export async function insertDevice(tx: Tx, device: NewDevice, told: Inventory, now: Date): Promise<void> {
  await sql`insert into devices (id, udid, serial_number, owner_id, ownership, name, model, product_name, os_version,
      build_version, last_contact_at, enrollment_id, quarantined_at, claims_device_id, created_at)
    values (${device.id}, ${device.udid}, ${told.serialNumber}, ${device.ownerId}, ${device.ownership},
      ${told.deviceName ?? told.serialNumber ?? 'Mac'}, ${told.model}, ${told.productName}, ${told.osVersion},
      ${told.buildVersion}, ${now}, ${device.enrollmentId}, ${device.claims === null ? null : now}, ${device.claims}, ${now})`.execute(
    tx,
  );
}

/** Makes another generation the one that counts; a Mac that was removed is back. */
export async function moveToEnrollment(
  tx: Tx,
  device: DeviceId,
  enrollment: EnrollmentId,
  now: Date,
): Promise<void> {
  await sql`update devices set enrollment_id = ${enrollment}, removed_at = null, last_contact_at = ${now},
      certificate_shared_at = null, restored_at = null
    where id = ${device}`.execute(tx);
}

export async function updateInventory(tx: Tx, device: DeviceId, told: Inventory): Promise<void> {
  await sql`update devices set
      serial_number = coalesce(${told.serialNumber}, serial_number),
      name = case when renamed then name else coalesce(${told.deviceName}, name) end,
      model = coalesce(${told.model}, model),
      product_name = coalesce(${told.productName}, product_name),
      os_version = coalesce(${told.osVersion}, os_version),
      build_version = coalesce(${told.buildVersion}, build_version)
    where id = ${device}`.execute(tx);
}

const touchStatement = prepared(
  'touch-device',
  `update devices set last_contact_at = $2 where id = $1 and (last_contact_at is null or last_contact_at < $2)`,
);

export async function touchDevice(tx: Executor, device: DeviceId, now: Date): Promise<void> {
  await namedQuery(tx, touchStatement, [device, now]);
}

const touchSoonStatement = prepared(
  'touch-device-soon',
  `with soon as materialized (select set_config('synchronous_commit', 'off', true))
   update devices set last_contact_at = $2 from soon
   where id = $1 and (last_contact_at is null or last_contact_at < $2)`,
);

/** Never within a transaction: all of it would then not be waited for. */
export async function touchDeviceSoon(database: Database, device: DeviceId, now: Date): Promise<void> {
  if (database.isTransaction) throw new Error('a contact is noted by itself');
  await namedQuery(database, touchSoonStatement, [device, now]);
}

const reportEncryptionStatement = prepared(
  'report-encryption',
  `update devices set encryption_enabled = $2, has_personal_recovery_key = $3, encryption_reported_at = $4
   where id = $1`,
);

export async function reportEncryption(
  tx: Tx,
  device: DeviceId,
  enabled: boolean | null,
  hasPersonalRecoveryKey: boolean | null,
  now: Date,
): Promise<void> {
  await namedQuery(tx, reportEncryptionStatement, [device, enabled, hasPersonalRecoveryKey, now]);
}

export async function renameDevice(tx: Tx, device: DeviceId, name: string): Promise<void> {
  await sql`update devices set name = ${name}, renamed = true where id = ${device}`.execute(tx);
}

export async function changeOwnership(tx: Tx, device: DeviceId, ownership: string, now: Date): Promise<void> {
  await sql`update devices set ownership = ${ownership}, ownership_changed_at = ${now}
    where id = ${device}`.execute(tx);
}

export async function removeDevice(tx: Tx, device: DeviceId, now: Date): Promise<void> {
  await sql`update devices set removed_at = ${now} where id = ${device}`.execute(tx);
}

const takeNumberStatement = prepared(
  'take-key-version-number',
  `update devices set last_key_version = last_key_version + 1 where id = $1 returning last_key_version as next`,
);

/** The next number of a key version of this Mac. The Mac must be locked. */
export async function takeKeyVersionNumber(tx: Tx, device: DeviceId): Promise<number> {
  const [row] = await namedQuery<{ next: number }>(tx, takeNumberStatement, [device]);
  if (row === undefined) throw new Error('a key version for a Mac that is not there');
  return row.next;
}

/** A Mac of somebody else with this serial number, outside quarantine; null when there is none. */
export async function findDeviceOfAnother(
  tx: Tx,
  serialNumber: string,
  person: PersonId,
): Promise<Device | null> {
  const { rows } = await sql<Device>`
    select ${sql.raw(columns)} from devices d left join enrollments e on e.id = d.enrollment_id
    where d.serial_number = ${serialNumber} and d.owner_id <> ${person} and d.quarantined_at is null
      and d.replaced_at is null
    order by d.last_contact_at desc nulls last limit 1`.execute(tx);
  return rows[0] ?? null;
}

/** Its place is taken: another Mac goes by its UDID now, because IT said so. */
export async function markReplaced(tx: Tx, device: DeviceId, now: Date): Promise<void> {
  await sql`update devices set replaced_at = ${now} where id = ${device}`.execute(tx);
}

/** Out of quarantine: from now on it is its owner's. */
export async function releaseFromQuarantine(tx: Tx, device: DeviceId): Promise<void> {
  await sql`update devices set quarantined_at = null, claims_device_id = null where id = ${device}`.execute(
    tx,
  );
}

/** Two Macs were seen with one certificate. */
export async function markCertificateShared(
  executor: Database | Tx,
  device: DeviceId,
  now: Date,
): Promise<void> {
  await sql`update devices set certificate_shared_at = ${now}
    where id = ${device} and certificate_shared_at is null`.execute(executor);
}

/** A Mac speaks under a certificate that was replaced long ago, as one restored from a backup does. */
export async function markRestored(executor: Database | Tx, device: DeviceId, now: Date): Promise<void> {
  await sql`update devices set restored_at = ${now} where id = ${device} and restored_at is null`.execute(
    executor,
  );
}

/** Whether a Mac with this UDID or serial number is or was personal, in whatever place it is now. */
export async function wasEverPersonal(tx: Tx, udid: string, serialNumber: string | null): Promise<boolean> {
  const { rows } = await sql<{ was: boolean }>`
    select exists (select from devices where (udid = ${udid} or serial_number = ${serialNumber}::text)
      and (ownership = 'personal' or ownership_changed_at is not null)) as was`.execute(tx);
  return rows[0]?.was ?? true;
}

/** The Mac that this one in quarantine says it is, locked; null when it is in none. */
export async function lockClaimed(tx: Tx, device: DeviceId): Promise<Device | null> {
  const { rows } = await sql<Device>`
    select ${sql.raw(columns)} from devices q join devices d on d.id = q.claims_device_id
    left join enrollments e on e.id = d.enrollment_id where q.id = ${device} for update of d`.execute(tx);
  return rows[0] ?? null;
}
