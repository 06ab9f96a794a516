import type { Ownership } from '@keyhaven/api-contract/device';
import { sql } from 'kysely';
import type { AnswerId, CommandId, DeviceId, EnrollmentId } from '../../kernel/id.ts';
import type { Database, Tx } from '../../platform/db/database.ts';
import { type Executor, namedQuery, prepared } from '../../platform/db/named-statements.ts';
import type { Command, CommandState } from './command.ts';

const columns = `id, enrollment_id as enrollment, device_id as device, kind, intent, state,
  delivery_count as "deliveryCount", delivered_at as "deliveredAt"`;

const insertStatement = prepared(
  'insert-command',
  `insert into commands (id, enrollment_id, device_id, kind, intent, state, created_at)
   select $1::uuid, $2::uuid, $3::uuid, $4::text, $5::jsonb, $6::text, $7::timestamptz
   where $5::jsonb <> '{}' or not exists (select from commands
     where enrollment_id = $2 and kind = $4 and intent = '{}' and state = 'queued')`,
);

/** Writes a command. A plain question (no intent) of which the like waits already, not yet delivered, is that one. */
export async function insertCommand(
  executor: Executor,
  command: Pick<Command, 'id' | 'enrollment' | 'device' | 'kind' | 'intent' | 'state'>,
  now: Date,
): Promise<void> {
  const { id, enrollment, device, kind, intent, state } = command;
  await namedQuery(executor, insertStatement, [
    id,
    enrollment,
    device,
    kind,
    JSON.stringify(intent),
    state,
    now,
  ]);
}

// A rotation never waits in the queue: it goes out only in answer to a fresh SecurityInfo (escrow.md). The first is
// chosen before it is locked, so that whoever comes second finds it taken and does not go on to the next.
const takeNextStatement = prepared(
  'take-next-command',
  `update commands set state = 'delivered', delivered_at = $2, delivery_count = delivery_count + 1
   where id = (select id from commands where state = 'queued' and id = (
     select id from commands where enrollment_id = $1 and state = 'queued' and kind <> 'RotateFileVaultKey'
       and ($3 or intent ->> 'presence' is null)
       and (not $4 or not exists (select from commands where enrollment_id = $1 and state = 'delivered'
         and kind <> 'RotateFileVaultKey'))
     order by sequence limit 1) for update skip locked)
   returning ${columns}`,
);

/**
 * Takes the next waiting command for delivery, or null. `proved`: the Mac has proved its presence, which some ask for.
 * `alone`: not while another is out.
 */
export async function takeNextCommand(
  database: Database,
  enrollment: EnrollmentId,
  { proved, alone }: { readonly proved: boolean; readonly alone: boolean },
  now: Date,
): Promise<Command | null> {
  const rows = await namedQuery<Command>(database, takeNextStatement, [enrollment, now, proved, alone]);
  return rows[0] ?? null;
}

const findStatement = prepared(
  'find-command',
  `select ${columns} from commands where id = $1 and enrollment_id = $2`,
);

/** The command, if it was this generation's. */
export async function findCommand(
  executor: Executor,
  id: CommandId,
  enrollment: EnrollmentId,
): Promise<Command | null> {
  return (await namedQuery<Command>(executor, findStatement, [id, enrollment]))[0] ?? null;
}

const findWaitingStatement = prepared(
  'find-waiting-commands',
  `select ${columns} from commands where enrollment_id = $1 and state in ('queued', 'delivered', 'not-now')
   order by sequence`,
);

/** What is to be delivered, what was delivered and never answered, and what was put off. */
export async function findWaiting(executor: Executor, enrollment: EnrollmentId): Promise<readonly Command[]> {
  return namedQuery<Command>(executor, findWaitingStatement, [enrollment]);
}

const setStateStatement = prepared(
  'set-command-state',
  `update commands set state = $3 where id = $1 and state = $2`,
);

export async function changeState(
  executor: Executor,
  id: CommandId,
  from: CommandState,
  to: CommandState,
): Promise<void> {
  await namedQuery(executor, setStateStatement, [id, from, to]);
}

const markDeliveredStatement = prepared(
  'mark-command-delivered',
  `update commands set state = 'delivered', delivered_at = $2, delivery_count = delivery_count + 1 where id = $1`,
);

/** Marks a command as going out now. */
export async function markDelivered(tx: Tx, id: CommandId, now: Date): Promise<void> {
  await namedQuery(tx, markDeliveredStatement, [id, now]);
}

export async function cancelCommand(tx: Tx, id: CommandId): Promise<void> {
  await sql`update commands set state = 'cancelled'
    where id = ${id} and state in ('queued', 'delivered', 'not-now')`.execute(tx);
}

/** Nobody wants any more what no Mac took for so long; rotations have a deadline of their own. Returns whose they were. */
export async function cancelOlderThan(database: Database, before: Date): Promise<readonly EnrollmentId[]> {
  const { rows } = await sql<{ enrollment: EnrollmentId }>`update commands set state = 'cancelled'
    where state in ('queued', 'delivered', 'not-now') and kind <> 'RotateFileVaultKey'
      and created_at < ${before} returning enrollment_id as enrollment`.execute(database);
  return rows.map(({ enrollment }) => enrollment);
}

/** Nothing of an ended generation goes out any more. */
export async function cancelWaiting(tx: Tx, enrollment: EnrollmentId): Promise<void> {
  await sql`update commands set state = 'cancelled'
    where enrollment_id = ${enrollment} and state in ('queued', 'delivered', 'not-now')`.execute(tx);
}

const keepAnswerStatement = prepared(
  'keep-answer',
  `with kept as (
     insert into device_answers
       (id, command_id, enrollment_id, device_id, status, sha256, ownership_class, sealed, received_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict (command_id, sha256) do nothing returning id),
   before as (select id, state from commands where id = $2 for update),
   settled as (
     update commands c set state = $10, answered_at = $9, device_words = $11 from before
     where c.id = before.id and before.state in ('queued', 'delivered', 'not-now', 'cancelled')
       and exists (select from kept)
     returning before.state),
   touched as (
     update devices set last_contact_at = $9 where id = $4 and (last_contact_at is null or last_contact_at < $9)
       and ($12 or exists (select from kept)))
   select exists (select from kept) as kept, (select state from settled) as before`,
);

/** How many different answers a Mac has given to this command. */
export async function countAnswers(tx: Tx, command: CommandId): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*) as count from device_answers where command_id = ${command}`.execute(tx);
  return rows[0]?.count ?? 0;
}

export type NewAnswer = {
  readonly id: AnswerId;
  readonly command: CommandId;
  readonly enrollment: EnrollmentId;
  readonly device: DeviceId;
  readonly status: string;
  readonly sha256: Buffer;
  readonly ownershipClass: Ownership;
  readonly sealed: Uint8Array;
  /** The final state of its command, and the Mac's own words about it. */
  readonly commandState: CommandState;
  readonly words: string | null;
  /** Whether a repetition is contact with the Mac too; what is new always is. */
  readonly countsAsContact: boolean;
};

/**
 * Stores a Mac's answer, gives its command its final state and notes the contact, in one statement: all of it is
 * durable when this returns, or none. `late`: its command had been taken back; `further`: that had an answer for good;
 * `repeated`: these very bytes were there.
 */
export async function keepAnswer(
  executor: Executor,
  answer: NewAnswer,
  now: Date,
): Promise<'first' | 'late' | 'further' | 'repeated'> {
  type Row = { readonly kept: boolean; readonly before: CommandState | null };
  const rows = await namedQuery<Row>(executor, keepAnswerStatement, [
    answer.id,
    answer.command,
    answer.enrollment,
    answer.device,
    answer.status,
    answer.sha256,
    answer.ownershipClass,
    Buffer.from(answer.sealed),
    now,
    answer.commandState,
    answer.words,
    answer.countsAsContact,
  ]);
  if (rows[0]?.kept !== true) return 'repeated';
  const { before } = rows[0];
  if (before === null) return 'further';
  return before === 'cancelled' ? 'late' : 'first';
}

const markInterpretedStatement = prepared(
  'mark-answer-interpreted',
  `update device_answers set interpreted_at = $2 where id = $1 and interpreted_at is null`,
);

export async function markInterpreted(database: Database, answer: AnswerId, now: Date): Promise<void> {
  await namedQuery(database, markInterpretedStatement, [answer, now]);
}

export type PendingAnswer = {
  readonly id: AnswerId;
  readonly command: CommandId;
  readonly enrollment: EnrollmentId;
  readonly device: DeviceId;
  readonly status: string;
  readonly receivedAt: Date;
};

/** Answers stored before `before` of which nobody has made sense yet, oldest first, from after `last` on. */
export async function findUninterpreted(
  database: Database,
  before: Date,
  last: Pick<PendingAnswer, 'id' | 'receivedAt'> | null,
  limit: number,
): Promise<readonly PendingAnswer[]> {
  const { rows } = await sql<PendingAnswer>`
    select id, command_id as command, enrollment_id as enrollment, device_id as device, status,
      received_at as "receivedAt"
    from device_answers where interpreted_at is null and received_at < ${before}
      and (${last === null} or (received_at, id) > (${last?.receivedAt ?? null}::timestamptz, ${last?.id ?? null}::uuid))
    order by received_at, id limit ${limit}`.execute(database);
  return rows;
}
