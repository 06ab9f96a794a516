import { sql } from 'kysely';
import type { EnrollmentId, IdentityId } from '../../kernel/id.ts';
import type { Database, Tx } from '../../platform/db/database.ts';
import { type Executor, namedQuery, prepared } from '../../platform/db/named-statements.ts';
import type { IdentityPurpose, KnownMac } from './enrollment.ts';

export type NewIdentity = {
  readonly id: IdentityId;
  readonly enrollment: EnrollmentId;
  readonly purpose: IdentityPurpose;
  readonly challengeHash: Buffer;
  readonly challengeExpiresAt: Date;
};

/** A challenge for one certificate of one enrollment. Only its hash is ever stored. */
export async function insertIdentity(tx: Tx, identity: NewIdentity, now: Date): Promise<void> {
  await sql`insert into identities
      (id, enrollment_id, purpose, challenge_hash, challenge_expires_at, created_at)
    values (${identity.id}, ${identity.enrollment}, ${identity.purpose}, ${identity.challengeHash},
      ${identity.challengeExpiresAt}, ${now})`.execute(tx);
}

export type IssuedCertificate = {
  readonly identity: IdentityId;
  readonly transactionId: string;
  readonly publicKeySha256: Buffer;
  readonly certificate: Buffer;
  readonly certificateSha256: Buffer;
  readonly notAfter: Date;
};

/** Consumes the challenge: binds the issued certificate, once; false when another stands there. */
export async function bindCertificate(tx: Tx, issued: IssuedCertificate): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update identities set scep_transaction_id = ${issued.transactionId},
      scep_public_key_sha256 = ${issued.publicKeySha256}, certificate_der = ${issued.certificate},
      certificate_sha256 = ${issued.certificateSha256}, not_after = ${issued.notAfter}
    where id = ${issued.identity} and certificate_sha256 is null and revoked_at is null`.execute(tx);
  return numAffectedRows === 1n;
}

const knownMacColumns = `e.id as enrollment, e.state, e.person_id as person, e.udid, e.device_id as device,
  coalesce(d.ownership, e.ownership, 'personal') as ownership, coalesce(d.enrollment_id = e.id, false) as current`;

const identityObject = `json_build_object('id', i.id, 'purpose', i.purpose,
     'used', i.first_used_at is not null, 'revoked', i.revoked_at is not null,
     'replaces', i.purpose = 'renewal' and exists (select from identities o where o.enrollment_id = i.enrollment_id
       and o.id <> i.id and o.certificate_sha256 is not null and o.revoked_at is null
       and o.created_at < i.created_at)) as identity`;

const findMacStatement = prepared(
  'find-mac-by-certificate',
  `select ${knownMacColumns}, ${identityObject}
   from identities i join enrollments e on e.id = i.enrollment_id left join devices d on d.id = e.device_id
   where i.certificate_sha256 = $1`,
);

/** The enrollment that this certificate was issued for, whatever has become of either. */
export async function findMacByCertificate(
  executor: Executor,
  certificateSha256: Buffer,
): Promise<KnownMac | null> {
  return (await namedQuery<KnownMac>(executor, findMacStatement, [certificateSha256]))[0] ?? null;
}

const findMacByEnrollmentStatement = prepared(
  'find-mac-by-enrollment',
  `select ${knownMacColumns}, ${identityObject}
   from enrollments e left join devices d on d.id = e.device_id
   join lateral (select * from identities where enrollment_id = e.id and certificate_sha256 is not null
     order by revoked_at is not null, created_at desc limit 1) i on true
   where e.id = $1`,
);

/** The enrollment, once a certificate of ours was issued for it, with the newest that counts. */
export async function findMacByEnrollment(
  executor: Executor,
  enrollment: EnrollmentId,
): Promise<KnownMac | null> {
  return (await namedQuery<KnownMac>(executor, findMacByEnrollmentStatement, [enrollment]))[0] ?? null;
}

/** The Mac has spoken under this certificate. */
export async function markUsed(tx: Tx, identity: IdentityId, now: Date): Promise<void> {
  await sql`update identities set first_used_at = coalesce(first_used_at, ${now})
    where id = ${identity}`.execute(tx);
}

/** Whoever holds one of them is refused from now on. Returns how many certificates that were. */
export async function revokeIdentities(
  tx: Tx,
  enrollment: EnrollmentId,
  because: 'renewed' | 'by-it' | 'refused',
  but: IdentityId | null,
  now: Date,
): Promise<number> {
  const { numAffectedRows } = await sql`
    update identities set revoked_at = ${now}, revoked_because = ${because}
    where enrollment_id = ${enrollment} and revoked_at is null and certificate_sha256 is not null
      and id is distinct from ${but}
      and (${but}::uuid is null or created_at < (select created_at from identities where id = ${but}))`.execute(
    tx,
  );
  return Number(numAffectedRows ?? 0n);
}

/** Live enrollments whose newest certificate ends before `until` and whose renewal is not under way. */
export async function findExpiring(
  database: Database,
  until: Date,
  askedSince: Date,
  limit: number,
): Promise<readonly EnrollmentId[]> {
  const { rows } = await sql<{ enrollment: EnrollmentId }>`
    select e.id as enrollment from enrollments e
    join lateral (select max(not_after) as ends from identities
      where enrollment_id = e.id and revoked_at is null and certificate_sha256 is not null) newest on true
    where e.state = 'active' and newest.ends < ${until}
      and exists (select from devices d where d.enrollment_id = e.id and d.removed_at is null)
      and not exists (select from commands c where c.enrollment_id = e.id and c.kind = 'InstallProfile'
        and c.intent ->> 'profile' = 'enrollment'
        and (c.state in ('queued', 'delivered', 'not-now') or c.created_at > ${askedSince}))
    order by newest.ends limit ${limit}`.execute(database);
  return rows.map(({ enrollment }) => enrollment);
}

/** Whether any certificate of this enrollment counts. */
export async function hasLiveCertificate(tx: Tx, enrollment: EnrollmentId): Promise<boolean> {
  const { rows } = await sql<{ live: boolean }>`
    select exists (select from identities where enrollment_id = ${enrollment} and certificate_sha256 is not null
      and revoked_at is null) as live`.execute(tx);
  return rows[0]?.live ?? false;
}
