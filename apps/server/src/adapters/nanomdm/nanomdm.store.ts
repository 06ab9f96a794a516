import type { Ownership } from '@keyhaven/api-contract/device';
import { sql } from 'kysely';
import type { CommandId, DeviceId, EnrollmentId, EventId } from '../../kernel/id.ts';
import type { Database } from '../../platform/db/database.ts';

export type NewEvent = {
  readonly id: EventId;
  readonly enrollment: EnrollmentId | null;
  readonly ownershipClass: Ownership | null;
  readonly nanoMdmId: string;
  readonly topic: string;
  /** The same for a repetition of the same event. */
  readonly fingerprint: Buffer;
  readonly sealed: Uint8Array | null;
};

/** Writes an event; false when it was there. Without a message it is settled already, as refused. */
export async function insertEvent(database: Database, event: NewEvent, now: Date): Promise<boolean> {
  const { id, enrollment, ownershipClass, nanoMdmId, topic, fingerprint } = event;
  const sealed = event.sealed === null ? null : Buffer.from(event.sealed);
  const { numAffectedRows } = await sql`insert into nanomdm_events
      (id, enrollment_id, ownership_class, nanomdm_id, topic, fingerprint, sealed, state, due_at, received_at,
       settled_at)
    values (${id}, ${enrollment}, ${ownershipClass}, ${nanoMdmId}, ${topic}, ${fingerprint}, ${sealed},
      ${sealed === null ? 'refused' : 'waiting'}, ${now}, ${now}, ${sealed === null ? now : null})
    on conflict (fingerprint) do nothing`.execute(database);
  return numAffectedRows === 1n;
}

export type WaitingEvent = {
  readonly id: EventId;
  readonly topic: string;
  readonly tries: number;
  readonly receivedAt: Date;
};

/**
 * Takes the oldest due event of this enrollment, unless another process is at it: events of one Mac are heard one after
 * the other.
 */
export async function leaseNextEvent(
  database: Database,
  enrollment: EnrollmentId,
  now: Date,
  until: Date,
): Promise<WaitingEvent | null> {
  const { rows } = await sql<WaitingEvent>`
    update nanomdm_events set leased_until = ${until}, tries = tries + 1
    where id = (select id from nanomdm_events where enrollment_id = ${enrollment} and state = 'waiting'
        and due_at <= ${now} order by sequence limit 1 for update)
      and (leased_until is null or leased_until <= ${now})
      and not exists (select from nanomdm_events where enrollment_id = ${enrollment} and state = 'waiting'
        and leased_until > ${now})
    returning id, topic, tries, received_at as "receivedAt"`.execute(database);
  return rows[0] ?? null;
}

/** Done with it: its message is heard, and kept elsewhere where it is worth keeping. */
export async function settleEvent(
  database: Database,
  event: EventId,
  state: 'done' | 'refused',
  now: Date,
): Promise<void> {
  await sql`update nanomdm_events set state = ${state}, settled_at = ${now}, leased_until = null,
    sealed = case when ${state} = 'done' then null else sealed end
    where id = ${event} and state = 'waiting'`.execute(database);
}

export async function postponeEvent(database: Database, event: EventId, dueAt: Date): Promise<void> {
  await sql`update nanomdm_events set due_at = ${dueAt}, leased_until = null
    where id = ${event} and state = 'waiting'`.execute(database);
}

/** What they waited for has come. */
export async function makeEventsDue(database: Database, enrollment: EnrollmentId, now: Date): Promise<void> {
  await sql`update nanomdm_events set due_at = ${now}
    where enrollment_id = ${enrollment} and state = 'waiting'`.execute(database);
}

/** Enrollments with an event that is due and that nobody is at. */
export async function findDueEnrollments(
  database: Database,
  now: Date,
  limit: number,
): Promise<readonly EnrollmentId[]> {
  const { rows } = await sql<{ enrollment: EnrollmentId }>`
    select enrollment_id as enrollment from nanomdm_events where state = 'waiting' and due_at <= ${now}
    group by enrollment_id order by min(sequence) limit ${limit}`.execute(database);
  return rows.map(({ enrollment }) => enrollment);
}

/** Whether the last Authenticate that NanoMDM took for this id of its own came from another enrollment. */
export async function isTakenOver(
  database: Database,
  nanoMdmId: string,
  enrollment: EnrollmentId,
): Promise<boolean> {
  const { rows } = await sql<{ enrollment: EnrollmentId | null }>`
    select enrollment_id as enrollment from nanomdm_events
    where nanomdm_id = ${nanoMdmId} and topic = 'mdm.Authenticate' order by sequence desc limit 1`.execute(
    database,
  );
  return rows[0] !== undefined && rows[0].enrollment !== enrollment;
}

/** Forgets what was settled before then, but for the last Authenticate of each id. */
export async function forgetEvents(database: Database, before: Date): Promise<void> {
  await sql`delete from nanomdm_events e where settled_at < ${before} and (topic <> 'mdm.Authenticate'
    or exists (select from nanomdm_events later where later.nanomdm_id = e.nanomdm_id
      and later.topic = 'mdm.Authenticate' and later.sequence > e.sequence))`.execute(database);
}

/** On record before the call; false when NanoMDM is known to have this command. */
export async function beginSending(
  database: Database,
  command: CommandId,
  enrollment: EnrollmentId,
  now: Date,
): Promise<boolean> {
  const { numAffectedRows } = await sql`
    insert into nanomdm_outbox (command_id, enrollment_id, state, sent_at)
    values (${command}, ${enrollment}, 'sending', ${now})
    on conflict (command_id) do update set state = 'sending', sent_at = ${now}, tries = nanomdm_outbox.tries + 1
      where nanomdm_outbox.state <> 'accepted'`.execute(database);
  return numAffectedRows === 1n;
}

export async function endSending(
  database: Database,
  command: CommandId,
  state: 'accepted' | 'failed',
  now: Date,
): Promise<void> {
  await sql`update nanomdm_outbox set state = ${state},
      accepted_at = case when ${state} = 'accepted' then ${now}::timestamptz else null end
    where command_id = ${command} and state = 'sending'`.execute(database);
}

export type OutCommand = { readonly command: CommandId; readonly enrollment: EnrollmentId };

/**
 * Taken from the queue before then, but nobody knows of an end of the call, or nobody gave it back: a process died in the
 * middle. Of a rotation whose handing over is known to have failed, its attempt has a time-out.
 */
export async function findStranded(database: Database, before: Date): Promise<readonly OutCommand[]> {
  const { rows } = await sql<OutCommand>`
    select c.id as command, c.enrollment_id as enrollment from commands c
    join enrollments e on e.id = c.enrollment_id and e.state = 'active'
    left join nanomdm_outbox o on o.command_id = c.id
    where c.state = 'delivered' and c.delivered_at < ${before}
      and (o.state is null or (o.state = 'sending' and o.sent_at < ${before})
        or (o.state = 'failed' and c.kind <> 'RotateFileVaultKey'))
    order by c.sequence limit 200`.execute(database);
  return rows;
}

/**
 * Commands that NanoMDM has and that have no answer, although the Mac answered one which it got after them, before
 * `before`: NanoMDM hands them out in order, so their answers are lost. A rotation has timers of its own.
 */
export async function findOvertaken(database: Database, before: Date): Promise<readonly OutCommand[]> {
  const { rows } = await sql<OutCommand>`
    select c.id as command, c.enrollment_id as enrollment from commands c
    join nanomdm_outbox o on o.command_id = c.id and o.state = 'accepted'
    join enrollments e on e.id = c.enrollment_id and e.state = 'active'
    where c.state = 'delivered' and c.kind <> 'RotateFileVaultKey' and exists (
      select from commands later join nanomdm_outbox p on p.command_id = later.id
      where later.enrollment_id = c.enrollment_id and p.accepted_at > o.accepted_at and later.answered_at < ${before})
    order by c.sequence limit 200`.execute(database);
  return rows;
}

export type SilentMac = { readonly enrollment: EnrollmentId; readonly udid: string };

/** Macs that have not answered the last command that NanoMDM took for them before then, nor been asked since. */
export async function findSilent(
  database: Database,
  before: Date,
): Promise<readonly (SilentMac & { readonly device: DeviceId })[]> {
  const { rows } = await sql<SilentMac & { device: DeviceId }>`
    select distinct c.enrollment_id as enrollment, e.udid, c.device_id as device from commands c
    join nanomdm_outbox o on o.command_id = c.id and o.state = 'accepted' and o.accepted_at < ${before}
    join enrollments e on e.id = c.enrollment_id and e.state = 'active'
    where c.state = 'delivered' and not exists (select from commands later
      where later.enrollment_id = c.enrollment_id and later.sequence > c.sequence) limit 200`.execute(
    database,
  );
  return rows;
}

/** Enrollments whose TokenUpdate never reached us: authenticated before then, not too long ago, and not live. */
export async function findHalfEnrolled(
  database: Database,
  before: Date,
  since: Date,
): Promise<readonly SilentMac[]> {
  const { rows } = await sql<SilentMac>`
    select id as enrollment, udid from enrollments where state = 'authenticated' and udid is not null
      and authenticated_at < ${before} and authenticated_at > ${since} limit 200`.execute(database);
  return rows;
}

/** Notes that we heard of the other side, or why not. */
export async function noteContact(
  database: Database,
  direction: 'webhook' | 'api',
  fault: string | null,
  now: Date,
): Promise<void> {
  const [at, faultAt] = fault === null ? [now, null] : [null, now];
  await sql`insert into nanomdm_contact (direction, last_at, last_fault_at, last_fault)
    values (${direction}, ${at}, ${faultAt}, ${fault})
    on conflict (direction) do update set last_at = coalesce(excluded.last_at, nanomdm_contact.last_at),
      last_fault_at = coalesce(excluded.last_fault_at, nanomdm_contact.last_fault_at),
      last_fault = coalesce(excluded.last_fault, nanomdm_contact.last_fault)`.execute(database);
}

export type Contact = {
  readonly direction: 'webhook' | 'api';
  readonly lastAt: Date | null;
  readonly lastFaultAt: Date | null;
  readonly lastFault: string | null;
};

export async function findContacts(database: Database): Promise<readonly Contact[]> {
  const { rows } = await sql<Contact>`
    select direction, last_at as "lastAt", last_fault_at as "lastFaultAt", last_fault as "lastFault"
    from nanomdm_contact`.execute(database);
  return rows;
}

/** How many events nobody has made sense of yet, and since when. */
export async function countWaiting(
  database: Database,
): Promise<{ readonly events: number; readonly oldestAt: Date | null; readonly sending: number }> {
  type Row = { readonly events: number; readonly oldestAt: Date | null; readonly sending: number };
  const { rows } = await sql<Row>`
    select count(*) as events, min(received_at) as "oldestAt",
      (select count(*) from nanomdm_outbox o join commands c on c.id = o.command_id
        and c.state in ('queued', 'delivered') where o.state <> 'accepted') as sending
    from nanomdm_events where state = 'waiting'`.execute(database);
  return rows[0] ?? { events: 0, oldestAt: null, sending: 0 };
}
