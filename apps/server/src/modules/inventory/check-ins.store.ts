import type { ContactKind } from '@keyhaven/api-contract/check-in';
import { sql } from 'kysely';
import type { DeviceId } from '../../kernel/id.ts';
import { type Database, transaction } from '../../platform/db/database.ts';

export type CountedContact = {
  readonly device: DeviceId;
  readonly hour: Date;
  readonly kind: ContactKind;
  readonly count: number;
  readonly lastAt: Date;
};

/** Adds to what was counted before; not waited for on the disk. In order, so that two processes cannot lock each other out. */
export async function addContacts(database: Database, contacts: readonly CountedContact[]): Promise<void> {
  await transaction(database, async (tx) => {
    await sql`set local synchronous_commit = off`.execute(tx);
    await sql`insert into check_ins (device_id, hour, kind, count, last_at)
      select device_id, hour, kind, count, last_at
      from unnest(${contacts.map(({ device }) => device)}::uuid[], ${contacts.map(({ hour }) => hour)}::timestamptz[],
        ${contacts.map(({ kind }) => kind)}::text[], ${contacts.map(({ count }) => count)}::int[],
        ${contacts.map(({ lastAt }) => lastAt)}::timestamptz[]) as t (device_id, hour, kind, count, last_at)
      order by device_id, hour, kind
      on conflict (device_id, hour, kind) do update set count = check_ins.count + excluded.count,
        last_at = greatest(check_ins.last_at, excluded.last_at)`.execute(tx);
  });
}

/** Forgets hours that began before `before`, so many rows at most. */
export async function forgetContacts(database: Database, before: Date, limit: number): Promise<void> {
  await sql`delete from check_ins where ctid in
    (select ctid from check_ins where hour < ${before} limit ${limit})`.execute(database);
}

export type CheckInHourRow = {
  readonly hour: Date;
  readonly lastAt: Date;
  readonly contacts: readonly { readonly kind: ContactKind; readonly count: number }[];
};

/** The hours in which this Mac was in contact, newest first, from before `before` on. */
export async function findCheckIns(
  database: Database,
  device: DeviceId,
  before: Date | null,
  limit: number,
): Promise<readonly CheckInHourRow[]> {
  const { rows } = await sql<CheckInHourRow>`
    select hour, max(last_at) as "lastAt",
      json_agg(json_build_object('kind', kind, 'count', count) order by kind) as contacts
    from check_ins where device_id = ${device} and (${before === null} or hour < ${before}::timestamptz)
    group by hour order by hour desc limit ${limit}`.execute(database);
  return rows;
}
