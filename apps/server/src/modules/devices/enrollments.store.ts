import { sql } from 'kysely';
import type { DeviceId, EnrollmentId, PersonId, SessionId } from '../../kernel/id.ts';
import type { Database, Tx } from '../../platform/db/database.ts';
import { type Executor, namedQuery, prepared } from '../../platform/db/named-statements.ts';
import type { Enrollment, EnrollmentState, KnownMac } from './enrollment.ts';

const columns =
  sql.raw(`id, person_id as "personId", session_id as "sessionId", ownership, device_id as "deviceId",
  state, expires_at as "expiresAt", profile_served_at as "profileServedAt", udid`);

export type NewEnrollment = {
  readonly id: EnrollmentId;
  readonly personId: PersonId;
  readonly sessionId: SessionId;
  readonly ownership: string;
  readonly challengeHash: Buffer;
  readonly expiresAt: Date;
};

export async function insertEnrollment(tx: Tx, enrollment: NewEnrollment, now: Date): Promise<void> {
  await sql`insert into enrollments
      (id, person_id, session_id, ownership, state, challenge_hash, expires_at, created_at)
    values (${enrollment.id}, ${enrollment.personId}, ${enrollment.sessionId}, ${enrollment.ownership}, 'offered',
      ${enrollment.challengeHash}, ${enrollment.expiresAt}, ${now})`.execute(tx);
}

export async function findEnrollment(executor: Database | Tx, id: EnrollmentId): Promise<Enrollment | null> {
  const { rows } = await sql<Enrollment>`select ${columns} from enrollments where id = ${id}`.execute(
    executor,
  );
  return rows[0] ?? null;
}

/** Takes the one serving of the profile and gives it its challenge; false when it was taken before or is too late. */
export async function takeProfile(
  tx: Tx,
  id: EnrollmentId,
  session: SessionId,
  challengeHash: Buffer,
  now: Date,
): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update enrollments set profile_served_at = ${now}, challenge_hash = ${challengeHash}
    where id = ${id} and session_id = ${session} and profile_served_at is null and expires_at > ${now}
      and state = 'offered'`.execute(tx);
  return numAffectedRows === 1n;
}

/** Binds the issued certificate to the enrollment, once; false when another certificate stands there. */
export async function bindCertificate(
  tx: Tx,
  id: EnrollmentId,
  issued: {
    readonly transactionId: string;
    readonly publicKeySha256: Buffer;
    readonly certificate: Buffer;
    readonly certificateSha256: Buffer;
  },
): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update enrollments set scep_transaction_id = ${issued.transactionId},
      scep_public_key_sha256 = ${issued.publicKeySha256}, certificate_der = ${issued.certificate},
      certificate_sha256 = ${issued.certificateSha256}
    where id = ${id} and certificate_sha256 is null`.execute(tx);
  return numAffectedRows === 1n;
}

const findMacStatement = prepared(
  'find-mac-by-certificate',
  `select e.id as enrollment, e.state, e.person_id as person, e.udid, e.device_id as device,
     coalesce(d.ownership, e.ownership) as ownership, coalesce(d.enrollment_id = e.id, false) as current
   from enrollments e left join devices d on d.id = e.device_id where e.certificate_sha256 = $1`,
);

const findMacByEnrollmentStatement = prepared(
  'find-mac-by-enrollment',
  `select e.id as enrollment, e.state, e.person_id as person, e.udid, e.device_id as device,
     coalesce(d.ownership, e.ownership) as ownership, coalesce(d.enrollment_id = e.id, false) as current
   from enrollments e left join devices d on d.id = e.device_id
   where e.id = $1 and e.certificate_sha256 is not null`,
);

/** The enrollment, once a certificate of ours was issued for it. */
export async function findMacByEnrollment(
  executor: Executor,
  enrollment: EnrollmentId,
): Promise<KnownMac | null> {
  return (await namedQuery<KnownMac>(executor, findMacByEnrollmentStatement, [enrollment]))[0] ?? null;
}

export async function findMacByCertificate(
  executor: Executor,
  certificateSha256: Buffer,
): Promise<KnownMac | null> {
  return (await namedQuery<KnownMac>(executor, findMacStatement, [certificateSha256]))[0] ?? null;
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
      state = ${state}, authenticated_at = ${now}, push_token = null, push_magic = null
    where id = ${id}`.execute(tx);
}

export async function activateEnrollment(
  tx: Tx,
  id: EnrollmentId,
  push: { readonly topic: string; readonly token: Buffer; readonly magic: string },
  now: Date,
): Promise<void> {
  await sql`update enrollments set push_topic = ${push.topic}, push_token = ${push.token},
      push_magic = ${push.magic}, push_refused_at = null,
      state = case when state = 'authenticated' then 'active' else state end,
      activated_at = coalesce(activated_at, ${now})
    where id = ${id}`.execute(tx);
}

export async function endEnrollment(tx: Tx, id: EnrollmentId, now: Date): Promise<void> {
  await sql`update enrollments set state = 'ended', ended_at = ${now}, push_due_at = null
    where id = ${id} and state <> 'ended'`.execute(tx);
}
