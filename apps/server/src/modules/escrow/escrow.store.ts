// Long because every statement about keys, attempts and releases stands here, each short.
import type { AttemptKind, FailureReason } from '@keyhaven/api-contract/attempt';
import type { KeySource, Ownership } from '@keyhaven/api-contract/device';
import type { KeyVersionState } from '@keyhaven/api-contract/recovery-key';
import { TOMBSTONE } from '@keyhaven/sealing/tombstone';
import { sql } from 'kysely';
import type {
  AnswerId,
  AttemptId,
  CommandId,
  DeviceId,
  EnrollmentId,
  KeyVersionId,
  NoteId,
  PersonId,
  ReleaseId,
  SessionId,
} from '../../kernel/id.ts';
import type { Database, Tx } from '../../platform/db/database.ts';
import { type Executor, namedQuery, prepared } from '../../platform/db/named-statements.ts';
import type { AttemptState } from './attempt.ts';

export type KeyVersionRow = {
  readonly id: KeyVersionId;
  readonly version: number;
  readonly state: KeyVersionState;
  readonly source: KeySource;
  readonly ownershipClass: Ownership;
  readonly confirmedEnrollment: EnrollmentId | null;
  readonly storedAt: Date;
  readonly provenAt: Date | null;
};
const versionColumns = `id, version, state, source, ownership_class as "ownershipClass",
  confirmed_enrollment_id as "confirmedEnrollment", stored_at as "storedAt", proven_at as "provenAt"`;

const findVersionsStatement = prepared(
  'find-key-versions',
  `select ${versionColumns} from key_versions where device_id = $1 order by version desc`,
);

/** Every version of the Mac's key, newest first; never their bytes. */
export async function findVersions(executor: Executor, device: DeviceId): Promise<readonly KeyVersionRow[]> {
  return namedQuery<KeyVersionRow>(executor, findVersionsStatement, [device]);
}

export type NewVersion = {
  readonly id: KeyVersionId;
  readonly device: DeviceId;
  readonly version: number;
  readonly state: KeyVersionState;
  readonly source: KeySource;
  readonly ownershipClass: Ownership;
  readonly sealed: Uint8Array;
  readonly enrollment: EnrollmentId | null;
  readonly confirmedEnrollment: EnrollmentId | null;
  readonly answer: AnswerId | null;
  readonly storedBy: PersonId | null;
  readonly provenAt: Date | null;
};
const insertVersionStatement = prepared(
  'insert-key-version',
  `insert into key_versions (id, device_id, version, state, source, ownership_class, sealed, enrollment_id,
     confirmed_enrollment_id, answer_id, stored_by, stored_at, proven_at)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
);

export async function insertVersion(tx: Tx, version: NewVersion, now: Date): Promise<void> {
  await namedQuery(tx, insertVersionStatement, [
    version.id,
    version.device,
    version.version,
    version.state,
    version.source,
    version.ownershipClass,
    Buffer.from(version.sealed),
    version.enrollment,
    version.confirmedEnrollment,
    version.answer,
    version.storedBy,
    now,
    version.provenAt,
  ]);
}

const moveVersionStatement = prepared(
  'move-key-version',
  `update key_versions set state = $3, proven_at = coalesce(proven_at, $4) where id = $1 and state = $2`,
);

/** Moves a version to a later state; `provenAt` when the Mac proved it. */
export async function moveVersion(
  tx: Tx,
  id: KeyVersionId,
  from: KeyVersionState,
  to: KeyVersionState,
  provenAt: Date | null,
): Promise<void> {
  await namedQuery(tx, moveVersionStatement, [id, from, to, provenAt]);
}

/**
 * Rejects a candidate and overwrites its sealed bytes: the Mac cannot have used it. One that the Mac's own escrow copy
 * has confirmed meanwhile is the Mac's word, and stays as such.
 */
export async function wipeCandidate(tx: Tx, id: KeyVersionId): Promise<void> {
  await sql`update key_versions set state = 'unproven'
    where id = ${id} and state = 'candidate' and confirmed_enrollment_id is not null`.execute(tx);
  await sql`update key_versions set state = 'rejected', sealed = ${Buffer.from(TOMBSTONE)}
    where id = ${id} and state = 'candidate'`.execute(tx);
}

/** Whether a version came from this very answer. */
export async function hasVersionOf(tx: Tx, answer: AnswerId): Promise<boolean> {
  const { rows } = await sql<{ held: boolean }>`
    select exists (select from key_versions where answer_id = ${answer}) as held`.execute(tx);
  return rows[0]?.held ?? false;
}

/**
 * Whether the current key of this Mac was heard from it after this question went out at `time`: by the clock, and in
 * answer to a later question. Alone, a clock that was set back would make the Mac's newest word an old one for ever.
 */
export async function hasKeyHeardSince(
  tx: Tx,
  device: DeviceId,
  question: { readonly id: CommandId; readonly deliveredAt: Date },
): Promise<boolean> {
  const { rows } = await sql<{ heard: boolean }>`
    select exists (select from key_versions v left join device_answers a on a.id = v.answer_id
      left join commands c on c.id = a.command_id
      where v.device_id = ${device} and v.state = 'current'
        and coalesce(a.received_at, v.stored_at) > ${question.deliveredAt}
        and (c.sequence is null or c.sequence > (select sequence from commands where id = ${question.id}))
      ) as heard`.execute(tx);
  return rows[0]?.heard ?? false;
}

const confirmVersionStatement = prepared(
  'confirm-key-version',
  `update key_versions set confirmed_enrollment_id = $2 where id = $1 and confirmed_enrollment_id is distinct from $2`,
);

/** The Mac, in this generation, has shown that it knows this key. */
export async function confirmVersion(tx: Tx, id: KeyVersionId, enrollment: EnrollmentId): Promise<void> {
  await namedQuery(tx, confirmVersionStatement, [id, enrollment]);
}

/** No key is known any more to be known to whoever speaks in this generation. */
export async function forgetConfirmations(tx: Tx, enrollment: EnrollmentId): Promise<void> {
  await sql`update key_versions set confirmed_enrollment_id = null
    where confirmed_enrollment_id = ${enrollment}`.execute(tx);
}

/** The attempt was made for somebody else than who speaks in its generation now. */
export async function partFromEnrollment(tx: Tx, id: AttemptId): Promise<void> {
  await sql`update attempts set enrollment_id = null where id = ${id}`.execute(tx);
}

export type AttemptRow = {
  readonly id: AttemptId;
  readonly device: DeviceId;
  readonly enrollment: EnrollmentId | null;
  readonly kind: AttemptKind;
  readonly ownershipClass: Ownership;
  readonly state: AttemptState;
  readonly reason: FailureReason | null;
  readonly unlockVersion: KeyVersionId | null;
  readonly rotationCommand: CommandId | null;
  readonly baselineVersion: KeyVersionId | null;
  readonly startedBy: PersonId | null;
  readonly startedByName: string;
  readonly startedAt: Date;
  readonly deliveredAt: Date | null;
  /** The Mac's last version number when the rotation went out; a higher one came in since. */
  readonly deliveredVersion: number | null;
  readonly endedAt: Date | null;
  readonly deadlineAt: Date | null;
  readonly deviceWords: string | null;
};
const attemptColumns = `id, device_id as device, enrollment_id as enrollment, kind,
  ownership_class as "ownershipClass", state, reason, unlock_version_id as "unlockVersion",
  rotation_command_id as "rotationCommand", baseline_version_id as "baselineVersion", started_by as "startedBy",
  started_by_name as "startedByName", started_at as "startedAt", delivered_at as "deliveredAt",
  delivered_version as "deliveredVersion", ended_at as "endedAt", deadline_at as "deadlineAt", device_words as "deviceWords"`;
const isOpen = `state in ('waiting', 'rotating', 'explaining', 'uncertain', 'redelivered', 'stuck')`;

const findOpenStatement = prepared(
  'find-open-attempt',
  `select ${attemptColumns} from attempts where device_id = $1 and ${isOpen}`,
);

/** The one attempt of this Mac that has not ended, or null. */
export async function findOpenAttempt(executor: Executor, device: DeviceId): Promise<AttemptRow | null> {
  return (await namedQuery<AttemptRow>(executor, findOpenStatement, [device]))[0] ?? null;
}

const findAttemptStatement = prepared(
  'find-attempt',
  `select ${attemptColumns} from attempts where id = $1 and device_id = $2`,
);

export async function findAttempt(
  executor: Executor,
  id: AttemptId,
  device: DeviceId,
): Promise<AttemptRow | null> {
  return (await namedQuery<AttemptRow>(executor, findAttemptStatement, [id, device]))[0] ?? null;
}

const findByRotationStatement = prepared(
  'find-attempt-by-rotation',
  `select ${attemptColumns} from attempts where rotation_command_id = $1`,
);

export async function findAttemptByRotation(
  executor: Executor,
  command: CommandId,
): Promise<AttemptRow | null> {
  return (await namedQuery<AttemptRow>(executor, findByRotationStatement, [command]))[0] ?? null;
}

export type NewAttempt = {
  readonly id: AttemptId;
  readonly device: DeviceId;
  readonly enrollment: EnrollmentId | null;
  readonly kind: AttemptKind;
  readonly ownershipClass: Ownership;
  readonly state: AttemptState;
  readonly reason: FailureReason | null;
  readonly unlockVersion: KeyVersionId | null;
  readonly startedBy: PersonId | null;
  readonly startedByName: string;
  readonly endedAt: Date | null;
  readonly deadlineAt: Date | null;
};
const insertAttemptStatement = prepared(
  'insert-attempt',
  `insert into attempts (id, device_id, enrollment_id, kind, ownership_class, state, reason, unlock_version_id,
     started_by, started_by_name, started_at, ended_at, deadline_at)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
);

export async function insertAttempt(tx: Tx, attempt: NewAttempt, now: Date): Promise<void> {
  await namedQuery(tx, insertAttemptStatement, [
    attempt.id,
    attempt.device,
    attempt.enrollment,
    attempt.kind,
    attempt.ownershipClass,
    attempt.state,
    attempt.reason,
    attempt.unlockVersion,
    attempt.startedBy,
    attempt.startedByName,
    now,
    attempt.endedAt,
    attempt.deadlineAt,
  ]);
}

/** What a step changes. Absent stays as it is. */
export type AttemptChange = {
  readonly state: AttemptState;
  readonly reason: FailureReason | null;
  readonly deadlineAt: Date | null;
  readonly endedAt: Date | null;
  readonly rotationCommand: CommandId | null;
  readonly baselineVersion: KeyVersionId | null;
  readonly resultVersion: KeyVersionId | null;
  readonly deliveredAt: Date | null;
  readonly deviceWords: string | null;
};
const moveAttemptStatement = prepared(
  'move-attempt',
  `update attempts set state = $3, reason = $4, deadline_at = $5, ended_at = $6,
     rotation_command_id = coalesce($7, rotation_command_id),
     baseline_version_id = coalesce($8, baseline_version_id),
     result_version_id = coalesce($9, result_version_id),
     delivered_at = coalesce($10, delivered_at), device_words = coalesce($11, device_words)
   where id = $1 and state = $2 returning id`,
);

/** Moves an attempt on, if it still is where the step started. Throws when it is not: the Mac was not locked. */
export async function moveAttempt(
  tx: Tx,
  id: AttemptId,
  from: AttemptState,
  change: AttemptChange,
): Promise<void> {
  const rows = await namedQuery(tx, moveAttemptStatement, [
    id,
    from,
    change.state,
    change.reason,
    change.deadlineAt,
    change.endedAt,
    change.rotationCommand,
    change.baselineVersion,
    change.resultVersion,
    change.deliveredAt,
    change.deviceWords,
  ]);
  if (rows.length !== 1) throw new Error('an attempt moved under another transaction');
}

/** The key that this attempt unlocks with is another: the Mac has told a newer one before any went out. */
export async function changeUnlockVersion(tx: Tx, id: AttemptId, version: KeyVersionId): Promise<void> {
  await sql`update attempts set unlock_version_id = ${version}
    where id = ${id} and state = 'waiting'`.execute(tx);
}

const startDeliveryStatement = prepared(
  'start-delivery',
  `update attempts t set delivered_version = d.last_key_version from devices d where t.id = $1 and d.id = t.device_id`,
);

/** A new rotation command goes out: what the Mac tells from here on has a higher version number. */
export async function startDelivery(tx: Tx, id: AttemptId): Promise<void> {
  await namedQuery(tx, startDeliveryStatement, [id]);
}

/** The Mac has put the rotation off and forgotten it: the next one is another command. */
export async function takeBackDelivery(tx: Tx, id: AttemptId): Promise<void> {
  await sql`update attempts set rotation_command_id = null, delivered_at = null where id = ${id}`.execute(tx);
}

/** How often this command went out. */
export async function countDeliveries(tx: Tx, command: CommandId): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select delivery_count as count from commands where id = ${command}`.execute(tx);
  return rows[0]?.count ?? 0;
}

/** Attempts whose time is over, as the Macs they belong to. */
export async function findOverdue(
  database: Database,
  now: Date,
  limit: number,
): Promise<readonly DeviceId[]> {
  const { rows } = await sql<{ device: DeviceId }>`
    select device_id as device from attempts where deadline_at <= ${now} order by deadline_at limit ${limit}`.execute(
    database,
  );
  return rows.map((row) => row.device);
}

const countStoresStatement = prepared(
  'count-stores',
  `select count(*) as count, min(started_at) as oldest from attempts
   where device_id = $1 and kind = 'store' and started_at > $2`,
);

/** How many stores of this Mac were tried since, and when the oldest of them was. */
export async function countStores(
  tx: Tx,
  device: DeviceId,
  since: Date,
): Promise<{ readonly count: number; readonly oldest: Date | null }> {
  type Row = { readonly count: number; readonly oldest: Date | null };
  return (await namedQuery<Row>(tx, countStoresStatement, [device, since]))[0] ?? { count: 0, oldest: null };
}

/**
 * How many keys this person was granted since, and when the oldest of them was. Locks the person, or reveals of
 * several Macs at once would each count without the others.
 */
export async function countReveals(
  tx: Tx,
  person: PersonId,
  since: Date,
): Promise<{ readonly count: number; readonly oldest: Date | null }> {
  await sql`select id from people where id = ${person} for no key update`.execute(tx);
  const { rows } = await sql<{ count: number; oldest: Date | null }>`
    select count(*) as count, min(created_at) as oldest from key_releases
    where person_id = ${person} and created_at > ${since}`.execute(tx);
  return rows[0] ?? { count: 0, oldest: null };
}

export type NewRelease = {
  readonly id: ReleaseId;
  readonly note: NoteId;
  readonly device: DeviceId;
  readonly version: KeyVersionId;
} & (
  | { readonly purpose: 'reveal'; readonly person: PersonId; readonly session: SessionId }
  | { readonly purpose: 'rotation'; readonly attempt: AttemptId }
);
const insertReleaseStatement = prepared(
  'insert-key-release',
  `insert into key_releases (id, audit_note_id, purpose, device_id, key_version_id, person_id, session_id,
     attempt_id, created_at)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
);

/** Grants one release of one version. Its audit note is committed with it, or neither is. */
export async function insertRelease(tx: Tx, release: NewRelease, now: Date): Promise<void> {
  const reveals = release.purpose === 'reveal';
  await namedQuery(tx, insertReleaseStatement, [
    release.id,
    release.note,
    release.purpose,
    release.device,
    release.version,
    reveals ? release.person : null,
    reveals ? release.session : null,
    reveals ? null : release.attempt,
    now,
  ]);
}

/** Whether a survey of this attempt and phase still waits for the Mac, in the generation that counts. */
export async function hasSurveyWaiting(tx: Tx, attempt: AttemptId, phase: string): Promise<boolean> {
  const { rows } = await sql<{ waiting: boolean }>`
    select exists (select from attempts t join devices d on d.id = t.device_id
      join commands c on c.enrollment_id = d.enrollment_id
      where t.id = ${attempt} and c.kind = 'SecurityInfo' and c.state in ('queued', 'delivered', 'not-now')
        and c.intent->>'attempt' = ${attempt} and c.intent->>'phase' = ${phase}) as waiting`.execute(tx);
  return rows[0]?.waiting ?? false;
}
