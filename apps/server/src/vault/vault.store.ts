import type { Ownership } from '@keyhaven/api-contract/device';
import { sql } from 'kysely';
import type {
  AnswerId,
  AttemptId,
  CommandId,
  DeviceId,
  EnrollmentId,
  EscrowKeyId,
  EventId,
  IdentityId,
  KeyVersionId,
  NoteId,
  PersonId,
  ReleaseId,
  SessionId,
} from '../kernel/id.ts';
import type { Role } from '../kernel/permission.ts';
import type { Database } from '../platform/db/database.ts';
import { namedQuery, prepared } from '../platform/db/named-statements.ts';

// The vault's own readings: it trusts rows, not callers.

const findTypedClassStatement = prepared(
  'vault-find-typed-class',
  `select case when d.ownership = 'corporate' and (d.ownership_changed_at is null or exists (
       select from key_versions v where v.device_id = d.id and v.source = 'rotation'
         and v.ownership_class = 'corporate' and v.stored_at > d.ownership_changed_at))
     then 'corporate' else 'personal' end as "typedClass"
   from devices d where d.id = $1`,
);

/**
 * The class of a key that the owner of this Mac types now. Where the Mac was personal before, the key may be from
 * then: it is personal until a key was made under our eyes after the change (product.md I6).
 */
export async function findTypedClass(database: Database, device: DeviceId): Promise<Ownership | null> {
  type Row = { readonly typedClass: Ownership };
  return (await namedQuery<Row>(database, findTypedClassStatement, [device]))[0]?.typedClass ?? null;
}

export type StoredAnswer = {
  readonly device: DeviceId;
  readonly commandKind: string;
  readonly ownershipClass: Ownership;
  readonly sealed: Buffer;
};
const findAnswerStatement = prepared(
  'vault-find-answer',
  `select a.device_id as device, c.kind as "commandKind", a.ownership_class as "ownershipClass", a.sealed
   from device_answers a join commands c on c.id = a.command_id where a.id = $1`,
);

export async function findAnswer(database: Database, answer: AnswerId): Promise<StoredAnswer | null> {
  return (await namedQuery<StoredAnswer>(database, findAnswerStatement, [answer]))[0] ?? null;
}

export type EscrowKey = {
  readonly id: EscrowKeyId;
  readonly ownershipClass: Ownership;
  readonly certificate: Buffer;
  readonly sealedPrivateKey: Buffer;
};
const findEscrowKeysStatement = prepared(
  'vault-find-escrow-keys',
  `select id, ownership_class as "ownershipClass", certificate_der as certificate,
     sealed_private_key as "sealedPrivateKey"
   from escrow_keys where device_id = $1 order by created_at desc`,
);

/** Every escrow key this Mac ever had, newest first. Another Mac's never. */
export async function findEscrowKeys(database: Database, device: DeviceId): Promise<readonly EscrowKey[]> {
  return namedQuery<EscrowKey>(database, findEscrowKeysStatement, [device]);
}

export type SealedVersion = {
  readonly id: KeyVersionId;
  readonly ownershipClass: Ownership;
  readonly sealed: Buffer;
};
const findVersionsStatement = prepared(
  'vault-find-versions',
  `select id, ownership_class as "ownershipClass", sealed from key_versions
   where device_id = $1 and state <> 'unreadable' order by version desc`,
);

export async function findVersions(database: Database, device: DeviceId): Promise<readonly SealedVersion[]> {
  return namedQuery<SealedVersion>(database, findVersionsStatement, [device]);
}

export type ClaimedRelease = {
  readonly purpose: 'reveal' | 'rotation';
  readonly device: DeviceId;
  readonly version: KeyVersionId;
  readonly versionClass: Ownership;
  readonly sealed: Buffer;
  readonly person: PersonId | null;
  readonly session: SessionId | null;
  readonly attempt: AttemptId | null;
};
const claimReleaseStatement = prepared(
  'vault-claim-release',
  `update key_releases r set released_at = $2
   from key_versions v, audit_notes n
   where r.id = $1 and r.released_at is null and v.id = r.key_version_id and v.device_id = r.device_id
     and n.id = r.audit_note_id and n.device_id = r.device_id
     and n.action = case r.purpose when 'reveal' then 'recovery-key.revealed' else 'recovery-key.sent-to-mac' end
   returning r.purpose, r.device_id as device, v.id as version, v.ownership_class as "versionClass", v.sealed,
     r.person_id as person, r.session_id as session, r.attempt_id as attempt`,
);

/** Takes the release, once and for ever, and only with its committed audit note; null when it is not to be had. */
export async function claimRelease(
  database: Database,
  release: ReleaseId,
  now: Date,
): Promise<ClaimedRelease | null> {
  return (await namedQuery<ClaimedRelease>(database, claimReleaseStatement, [release, now]))[0] ?? null;
}

export type Evidence = {
  readonly authenticatedAt: Date | null;
  readonly ownerId: PersonId;
  readonly ownership: Ownership;
  readonly quarantined: boolean;
  readonly roles: readonly Role[];
};

/** What the database says of this session, its person and the Mac; null when the session is over. */
export async function findEvidence(
  database: Database,
  claim: { readonly session: SessionId; readonly person: PersonId; readonly device: DeviceId },
  now: Date,
): Promise<Evidence | null> {
  const { rows } = await sql<Evidence>`
    select s.authenticated_at as "authenticatedAt", d.owner_id as "ownerId", d.ownership,
      d.quarantined_at is not null as quarantined,
      array(select role from role_assignments where person_id = s.person_id) as roles
    from sessions s, devices d
    where s.id = ${claim.session} and s.person_id = ${claim.person} and d.id = ${claim.device}
      and s.ended_at is null and s.expires_at > ${now}`.execute(database);
  return rows[0] ?? null;
}

export type RotationEvidence = { readonly certificate: Buffer };
const findRotationStatement = prepared(
  'vault-find-rotation',
  `select k.certificate_der as certificate
   from attempts t
   join commands c on c.id = t.rotation_command_id
   join devices d on d.id = t.device_id and d.enrollment_id = c.enrollment_id
   join enrollments e on e.id = c.enrollment_id and e.state = 'active'
   join escrow_keys k on k.enrollment_id = e.id and k.device_id = d.id
   join key_versions v on v.id = t.unlock_version_id
     and (v.state = 'candidate' or v.confirmed_enrollment_id = e.id)
   where t.enrollment_id = e.id and t.id = $1 and t.device_id = $2 and t.unlock_version_id = $3 and c.id = $4
     and t.state in ('rotating', 'redelivered') and c.state = 'delivered'`,
);

/** The escrow certificate that this rotation answers to, if the attempt is really out for this Mac, now. */
export async function findRotation(
  database: Database,
  claim: {
    readonly attempt: AttemptId;
    readonly device: DeviceId;
    readonly version: KeyVersionId;
    readonly command: CommandId;
  },
): Promise<RotationEvidence | null> {
  const values = [claim.attempt, claim.device, claim.version, claim.command];
  return (await namedQuery<RotationEvidence>(database, findRotationStatement, values))[0] ?? null;
}

export type ScepIdentity = {
  readonly id: IdentityId;
  readonly enrollmentState: string;
  readonly purpose: 'enrollment' | 'renewal';
  readonly challengeHash: Buffer;
  readonly expiresAt: Date;
  readonly transactionId: string | null;
  readonly publicKeySha256: Buffer | null;
  readonly certificate: Buffer | null;
};

/** The newest challenges that were given out for this enrollment and count still, used ones among them. */
export async function findScepIdentities(
  database: Database,
  enrollment: EnrollmentId,
): Promise<readonly ScepIdentity[]> {
  const { rows } = await sql<ScepIdentity>`
    select i.id, e.state as "enrollmentState", i.purpose, i.challenge_hash as "challengeHash",
      i.challenge_expires_at as "expiresAt", i.scep_transaction_id as "transactionId",
      i.scep_public_key_sha256 as "publicKeySha256", i.certificate_der as certificate
    from identities i join enrollments e on e.id = i.enrollment_id
    where i.enrollment_id = ${enrollment} and i.revoked_at is null
    order by i.created_at desc limit 20`.execute(database);
  return rows;
}

export type VaultKey = {
  readonly id: string;
  readonly certificate: Buffer;
  readonly sealedPrivateKey: Buffer;
};

export async function findVaultKey(database: Database, purpose: string): Promise<VaultKey | null> {
  const { rows } = await sql<VaultKey>`
    select id, certificate_der as certificate, sealed_private_key as "sealedPrivateKey"
    from vault_keys where purpose = ${purpose}`.execute(database);
  return rows[0] ?? null;
}

/** Writes the key and its audit note, both or neither, unless another process was first. */
export async function insertVaultKey(
  database: Database,
  purpose: string,
  key: VaultKey,
  note: NoteId,
  now: Date,
): Promise<void> {
  await sql`with made as (
      insert into vault_keys (purpose, id, certificate_der, sealed_private_key, created_at)
      values (${purpose}, ${key.id}, ${key.certificate}, ${key.sealedPrivateKey}, ${now})
      on conflict (purpose) do nothing returning id)
    insert into audit_notes (id, at, actor_kind, actor_name, action, detail)
    select ${note}::uuid, ${now}::timestamptz, 'system', 'Keyhaven', 'vault.key-created',
      jsonb_build_object('purpose', ${purpose}::text) from made`.execute(database);
}

/** A secret of this installation that is no key pair, sealed. */
export async function findIntegrationSecret(
  database: Database,
  purpose: string,
): Promise<{ readonly id: string; readonly sealed: Buffer } | null> {
  const { rows } = await sql<{ id: string; sealed: Buffer }>`
    select id, sealed from integration_secrets where purpose = ${purpose}`.execute(database);
  return rows[0] ?? null;
}

/** Writes the secret and its audit note, both or neither, unless another process was first. */
export async function insertIntegrationSecret(
  database: Database,
  purpose: string,
  secret: { readonly id: string; readonly sealed: Uint8Array },
  note: NoteId,
  now: Date,
): Promise<void> {
  await sql`with made as (
      insert into integration_secrets (purpose, id, sealed, created_at)
      values (${purpose}, ${secret.id}, ${Buffer.from(secret.sealed)}, ${now})
      on conflict (purpose) do nothing returning id)
    insert into audit_notes (id, at, actor_kind, actor_name, action, detail)
    select ${note}::uuid, ${now}::timestamptz, 'system', 'Keyhaven', 'vault.key-created',
      jsonb_build_object('purpose', ${purpose}::text) from made`.execute(database);
}

export type StoredEvent = {
  readonly enrollment: EnrollmentId;
  readonly ownershipClass: Ownership;
  readonly sealed: Buffer;
};

/** What another MDM server handed on, until it is settled. */
export async function findEvent(database: Database, event: EventId): Promise<StoredEvent | null> {
  const { rows } = await sql<StoredEvent>`
    select enrollment_id as enrollment, ownership_class as "ownershipClass", sealed from nanomdm_events
    where id = ${event} and enrollment_id is not null and sealed is not null`.execute(database);
  return rows[0] ?? null;
}

/** Whether anything sealed exists: then a missing master key file is a loss, not a first start. */
export async function hasSealedRecords(database: Database): Promise<boolean> {
  const { rows } = await sql<{ any: boolean }>`
    select exists (select from vault_keys) or exists (select from key_versions)
      or exists (select from escrow_keys) as any`.execute(database);
  return rows[0]?.any ?? false;
}
