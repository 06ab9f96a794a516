import { sql } from 'kysely';
import type { DeviceId } from '../../kernel/id.ts';
import type { Database, Tx } from '../../platform/db/database.ts';

/** Why Keyhaven itself has a key rotated. */
export type DueReason = 'interval' | 'after-reveal' | 'prove';

/** Notes that this Mac's key is to be rotated; an earlier time stands, and whatever failed before counts no more. */
export async function insertDueRotation(
  tx: Tx,
  device: DeviceId,
  reason: DueReason,
  dueAt: Date,
): Promise<void> {
  await sql`insert into due_rotations (device_id, reason, due_at) values (${device}, ${reason}, ${dueAt})
    on conflict (device_id) do update set reason = excluded.reason, tries = 0,
      due_at = least(due_rotations.due_at, excluded.due_at)`.execute(tx);
}

/** The Mac has a new key: nothing is due any more. */
export async function forgetDueRotation(tx: Tx, device: DeviceId): Promise<void> {
  await sql`delete from due_rotations where device_id = ${device}`.execute(tx);
}

/** Nothing is due for a reason that the policy no longer gives. */
export async function forgetUnwanted(database: Database, wanted: readonly DueReason[]): Promise<void> {
  await sql`delete from due_rotations where reason <> all(${wanted}::text[])`.execute(database);
}

const isOpen = sql`a.state in ('waiting', 'rotating', 'explaining', 'uncertain', 'redelivered', 'stuck')`;
// A Mac that answers to us, and for which nothing is due or under way.
const free = sql`join devices d on d.id = v.device_id and d.removed_at is null and d.quarantined_at is null
  join enrollments e on e.id = d.enrollment_id and e.state = 'active'
  where not exists (select from due_rotations r where r.device_id = v.device_id)
    and not exists (select from attempts a where a.device_id = v.device_id and ${isOpen})`;

/** Notes Macs whose current key is older than `madeBefore`. */
export async function findAged(
  database: Database,
  madeBefore: Date,
  now: Date,
  limit: number,
): Promise<void> {
  await sql`insert into due_rotations (device_id, reason, due_at)
    select v.device_id, 'interval', ${now} from key_versions v ${free}
      and v.state = 'current' and v.stored_at < ${madeBefore}
    order by v.stored_at limit ${limit} on conflict do nothing`.execute(database);
}

/**
 * Notes Macs whose newest key came from the escrow copy of this generation and is not proved. Not one for which we
 * have begun a rotation since `notSince`: a Mac whose copy never says what its answer said must not rotate in circles.
 */
export async function findUnproven(
  database: Database,
  notSince: Date,
  now: Date,
  limit: number,
): Promise<void> {
  await sql`insert into due_rotations (device_id, reason, due_at)
    select distinct v.device_id, 'prove', ${now}::timestamptz from key_versions v ${free}
      and v.state = 'unproven' and v.confirmed_enrollment_id = d.enrollment_id
      and not exists (select from key_versions c where c.device_id = v.device_id and c.state = 'current'
        and c.version > v.version)
      and not exists (select from attempts a where a.device_id = v.device_id and a.started_by is null
        and a.started_at > ${notSince})
    limit ${limit} on conflict do nothing`.execute(database);
}

export type DueRotation = { readonly device: DeviceId; readonly reason: DueReason };

/**
 * Takes rotations that are due, in this process only; a Mac with an attempt under way takes nobody's place. Each is due again later, 1 hour after the first try, then 6, then
 * after 1, 3 and 7 days, unless a key was saved by then: a crash after this, or a failure, costs no more than that.
 */
export async function claimDueRotations(
  database: Database,
  reasons: readonly DueReason[],
  now: Date,
  limit: number,
): Promise<readonly DueRotation[]> {
  const { rows } = await sql<DueRotation>`
    update due_rotations r set tries = r.tries + 1, due_at = ${now}::timestamptz
      + (array[1, 6, 24, 72, 168])[least(r.tries, 4) + 1] * interval '1 hour'
    where r.device_id in (select w.device_id from due_rotations w
      join devices d on d.id = w.device_id and d.removed_at is null
      join enrollments e on e.id = d.enrollment_id and e.state = 'active'
      where w.due_at <= ${now} and w.reason = any(${reasons}::text[])
        and not exists (select from attempts a where a.device_id = w.device_id and ${isOpen})
      order by w.due_at limit ${limit} for update of w skip locked)
    returning r.device_id as device, r.reason`.execute(database);
  return rows;
}

/** How many attempts Keyhaven itself has begun since, and how many Macs answer to it. */
export async function countSystemAttempts(
  database: Database,
  since: Date,
): Promise<{ readonly begun: number; readonly active: number }> {
  const { rows } = await sql<{ begun: number; active: number }>`
    select (select count(*) from attempts where started_by is null and started_at > ${since}) as begun,
      (select count(*) from enrollments where state = 'active') as active`.execute(database);
  return rows[0] ?? { begun: 0, active: 0 };
}
