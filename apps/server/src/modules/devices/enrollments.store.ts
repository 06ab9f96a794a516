import type { Ownership } from '@keyhaven/api-contract/device';
import { sql } from 'kysely';
import type { DeviceId, EnrollmentId, PersonId, SessionId } from '../../kernel/id.ts';
import type { Database, Tx } from '../../platform/db/database.ts';
import type { Enrollment, EnrollmentRefusal, EnrollmentState } from './enrollment.ts';

const columns =
  sql.raw(`id, person_id as "personId", session_id as "sessionId", ownership, device_id as "deviceId",
  state, expires_at as "expiresAt", profile_served_at as "profileServedAt", udid,
  refused_because as "refusedBecause"`);

export type NewEnrollment = {
  readonly id: EnrollmentId;
  readonly personId: PersonId;
  readonly sessionId: SessionId;
  readonly ownership: Ownership | null;
  readonly expiresAt: Date;
};

export async function insertEnrollment(tx: Tx, enrollment: NewEnrollment, now: Date): Promise<void> {
  await sql`insert into enrollments
      (id, person_id, session_id, ownership, state, expires_at, created_at)
    values (${enrollment.id}, ${enrollment.personId}, ${enrollment.sessionId}, ${enrollment.ownership}, 'offered',
      ${enrollment.expiresAt}, ${now})`.execute(tx);
}

export async function findEnrollment(executor: Database | Tx, id: EnrollmentId): Promise<Enrollment | null> {
  const { rows } = await sql<Enrollment>`select ${columns} from enrollments where id = ${id}`.execute(
    executor,
  );
  return rows[0] ?? null;
}

/** Takes the one serving of the profile; false when it was taken before or is too late. */
export async function takeProfile(tx: Tx, id: EnrollmentId, session: SessionId, now: Date): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update enrollments set profile_served_at = ${now}
    where id = ${id} and session_id = ${session} and profile_served_at is null and expires_at > ${now}
      and state = 'offered'`.execute(tx);
  return numAffectedRows === 1n;
}

export async function lockEnrollment(tx: Tx, id: EnrollmentId): Promise<Enrollment | null> {
  const { rows } = await sql<Enrollment>`
    select ${columns} from enrollments where id = ${id} for update`.execute(tx);
  return rows[0] ?? null;
}

export async function authenticateEnrollment(
  tx: Tx,
  id: EnrollmentId,
  told: { readonly udid: string; readonly device: DeviceId; readonly topic: string },
  state: EnrollmentState,
  now: Date,
): Promise<void> {
  await sql`update enrollments set udid = ${told.udid}, device_id = ${told.device}, push_topic = ${told.topic},
      state = ${state}, authenticated_at = ${now}, push_token = null, push_magic = null, push_token_at = null
    where id = ${id}`.execute(tx);
}

export async function activateEnrollment(
  tx: Tx,
  id: EnrollmentId,
  push: { readonly topic: string; readonly token: Buffer; readonly magic: string },
  now: Date,
): Promise<void> {
  await sql`update enrollments set push_topic = ${push.topic}, push_token = ${push.token},
      push_magic = ${push.magic}, push_token_at = ${now}, push_refused_at = null,
      state = case when state = 'authenticated' then 'active' else state end,
      activated_at = coalesce(activated_at, ${now})
    where id = ${id}`.execute(tx);
}

export async function endEnrollment(tx: Tx, id: EnrollmentId, now: Date): Promise<void> {
  await sql`update enrollments set state = 'ended', ended_at = ${now}, push_due_at = null
    where id = ${id} and state <> 'ended'`.execute(tx);
}

/** For the person who waits on the page: their Mac came and may not enroll like this. */
export async function refuseEnrollment(tx: Tx, id: EnrollmentId, because: EnrollmentRefusal): Promise<void> {
  await sql`update enrollments set refused_because = ${because} where id = ${id}`.execute(tx);
}

/** IT has let a Mac out of quarantine; it is live as soon as its push token is known. */
export async function releaseEnrollment(tx: Tx, id: EnrollmentId, now: Date): Promise<void> {
  await sql`update enrollments set
      state = case when push_token is null then 'authenticated' else 'active' end,
      activated_at = case when push_token is null then activated_at else coalesce(activated_at, ${now}) end
    where id = ${id} and state = 'quarantined'`.execute(tx);
}

export type EnrollmentSteps = Pick<
  Enrollment,
  'personId' | 'deviceId' | 'state' | 'expiresAt' | 'refusedBecause'
> & {
  readonly hasCertificate: boolean;
  /** Null until the profile was served. */
  readonly challengeExpiresAt: Date | null;
};

export async function findSteps(database: Database, id: EnrollmentId): Promise<EnrollmentSteps | null> {
  const { rows } = await sql<EnrollmentSteps>`
    select e.person_id as "personId", e.device_id as "deviceId", e.state, e.expires_at as "expiresAt",
      e.refused_because as "refusedBecause", i.challenge_expires_at as "challengeExpiresAt",
      coalesce(i.certificate_sha256 is not null, false) as "hasCertificate"
    from enrollments e left join identities i on i.enrollment_id = e.id and i.purpose = 'enrollment'
    where e.id = ${id}`.execute(database);
  return rows[0] ?? null;
}

export async function countEnrolled(executor: Database | Tx): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*) as count from enrollments where state in ('authenticated', 'active')`.execute(executor);
  return rows[0]?.count ?? 0;
}

export async function countEnrolledWithout(executor: Database | Tx, topic: string): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*) as count from enrollments
    where state in ('authenticated', 'active') and push_topic <> ${topic}`.execute(executor);
  return rows[0]?.count ?? 0;
}

export async function isAnyEnrolledWith(tx: Tx, topic: string | null, otherThan: string): Promise<boolean> {
  const { rows } = await sql<{ any: boolean }>`
    select exists (select from enrollments where state in ('authenticated', 'active') and push_topic <> ${otherThan}
      and (${topic}::text is null or push_topic = ${topic})) as any`.execute(tx);
  return rows[0]?.any ?? false;
}

/** What this Mac enrolled with; null until it came. */
export async function findPushTopic(database: Database, id: EnrollmentId): Promise<string | null> {
  const { rows } = await sql<{ topic: string | null }>`
    select push_topic as topic from enrollments where id = ${id}`.execute(database);
  return rows[0]?.topic ?? null;
}
