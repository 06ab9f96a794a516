import { sql } from 'kysely';
import type { EnrollmentId } from '../../kernel/id.ts';
import type { Database } from '../../platform/db/database.ts';
import { type Executor, namedQuery, prepared } from '../../platform/db/named-statements.ts';

const schedulePushStatement = prepared(
  'schedule-push',
  `update enrollments set push_due_at = $2, push_count = $3 where id = $1 and state in ('authenticated', 'active')`,
);

export async function schedulePush(
  executor: Executor,
  enrollment: EnrollmentId,
  at: Date | null,
  count: number,
): Promise<void> {
  await namedQuery(executor, schedulePushStatement, [enrollment, at, count]);
}

export type PushTarget = {
  readonly enrollment: EnrollmentId;
  readonly topic: string;
  readonly token: Buffer;
  readonly magic: string;
  readonly count: number;
};
const targetColumns = `id as enrollment, push_topic as topic, push_token as token, push_magic as magic,
  push_count as count`;

const findPushTargetStatement = prepared(
  'find-push-target',
  `select ${targetColumns} from enrollments where id = $1 and push_token is not null and push_magic is not null
     and state in ('authenticated', 'active')`,
);

export async function findPushTarget(
  executor: Executor,
  enrollment: EnrollmentId,
): Promise<PushTarget | null> {
  return (await namedQuery<PushTarget>(executor, findPushTargetStatement, [enrollment]))[0] ?? null;
}

/** Enrollments whose time to be pushed has come. */
export async function findDuePushes(
  database: Database,
  now: Date,
  limit: number,
): Promise<readonly PushTarget[]> {
  const { rows } = await sql<PushTarget>`
    select ${sql.raw(targetColumns)} from enrollments
    where push_due_at <= ${now} and push_token is not null and push_magic is not null
    order by push_due_at limit ${limit}`.execute(database);
  return rows;
}

const claimPushStatement = prepared(
  'claim-push',
  `update enrollments set push_due_at = $3, push_count = $2 + 1
   where id = $1 and push_count = $2 and push_due_at is not null returning id`,
);

/** Takes this push before it is sent, with the time of the next; false when another process has it. */
export async function claimPush(database: Database, target: PushTarget, next: Date): Promise<boolean> {
  const rows = await namedQuery(database, claimPushStatement, [target.enrollment, target.count, next]);
  return rows.length === 1;
}

const putOffPushStatement = prepared(
  'put-off-push',
  `update enrollments set push_due_at = $3, push_count = $2
   where id = $1 and push_count = $2 + 1 and push_due_at is not null`,
);

/** Gives a claimed push that did not come to pass another time, unless something has changed since. */
export async function putOffPush(database: Database, target: PushTarget, at: Date): Promise<void> {
  await namedQuery(database, putOffPushStatement, [target.enrollment, target.count, at]);
}

/** Enrollments for which anything waits: they are pushed when the server starts. */
export async function makeWaitingDue(database: Database, now: Date): Promise<void> {
  await sql`update enrollments e set push_due_at = ${now} where state = 'active' and exists
    (select from commands c where c.enrollment_id = e.id and c.state in ('queued', 'delivered', 'not-now'))`.execute(
    database,
  );
}

// Whoever queues a command meanwhile makes a push due, which the comparison with what was seen then shows: the queue
// itself is looked at as it was when the statement began.
const stopPushingStatement = prepared(
  'stop-pushing',
  `update enrollments e set push_due_at = null, push_count = 0
   from (select push_due_at, push_count from enrollments where id = $1) seen
   where e.id = $1 and e.state in ('authenticated', 'active')
     and (e.push_due_at is not null or e.push_count <> 0)
     and e.push_due_at is not distinct from seen.push_due_at and e.push_count = seen.push_count
     and not exists (select from commands where enrollment_id = $1 and state in ('queued', 'delivered', 'not-now'))`,
);

/** No more pushes, unless something waits. Writes nothing where none is due. */
export async function stopPushing(database: Database, enrollment: EnrollmentId): Promise<void> {
  await namedQuery(database, stopPushingStatement, [enrollment]);
}

/**
 * APNs says this token is no longer good; a TokenUpdate brings another. One that came after `since`, when APNs learned
 * it, is good all the same.
 */
export async function markPushRefused(
  database: Database,
  { enrollment, token }: PushTarget,
  since: Date | null,
  now: Date,
): Promise<void> {
  await sql`update enrollments set push_refused_at = ${now}, push_due_at = null
    where id = ${enrollment} and push_token = ${token}
      and (${since}::timestamptz is null or push_token_at is null or push_token_at <= ${since})`.execute(
    database,
  );
}
