import { sql } from 'kysely';
import type { CommandId, DeviceId, EnrollmentId, EscrowKeyId, PolicyId } from '../../kernel/id.ts';
import type { Database, Tx } from '../../platform/db/database.ts';
import { type Executor, namedQuery, prepared } from '../../platform/db/named-statements.ts';
import type { Policy, PolicySettings, ProfileState } from './policy-settings.ts';

export async function findDefaultPolicy(executor: Database | Tx): Promise<Policy | null> {
  const { rows } = await sql<Policy>`
    select id, name, version, settings from policies order by priority desc limit 1`.execute(executor);
  return rows[0] ?? null;
}

/** False when a policy of this priority is there already. */
export async function insertPolicy(
  tx: Tx,
  policy: { readonly id: PolicyId; readonly name: string; readonly settings: PolicySettings },
  now: Date,
): Promise<boolean> {
  const { numAffectedRows } = await sql`
    insert into policies (id, name, version, priority, settings, created_at, updated_at)
    values (${policy.id}, ${policy.name}, 1, 0, ${JSON.stringify(policy.settings)}, ${now}, ${now})
    on conflict (priority) do nothing`.execute(tx);
  return numAffectedRows === 1n;
}

// A profile that waits in the queue counts as sent: the Mac will have it before any rotation.
const profileStateStatement = prepared(
  'find-profile-state',
  `select coalesce(
     (select state from file_vault_profiles where enrollment_id = $1),
     case when exists (select from commands where enrollment_id = $1 and kind = 'InstallProfile'
       and intent ->> 'profile' is null and state in ('queued', 'delivered', 'not-now')) then 'sent' else 'none' end) as state`,
);

export async function findProfileState(executor: Executor, enrollment: EnrollmentId): Promise<ProfileState> {
  const rows = await namedQuery<{ state: ProfileState }>(executor, profileStateStatement, [enrollment]);
  return rows[0]?.state ?? 'none';
}

export type InstallableProfile = {
  readonly escrowKey: EscrowKeyId;
  readonly certificate: Buffer;
};

/** The escrow certificate of this generation, if it has one. */
export async function findEscrowCertificate(
  executor: Database | Tx,
  enrollment: EnrollmentId,
): Promise<InstallableProfile | null> {
  const { rows } = await sql<InstallableProfile>`
    select id as "escrowKey", certificate_der as certificate from escrow_keys
    where enrollment_id = ${enrollment}`.execute(executor);
  return rows[0] ?? null;
}

/** Writes the escrow key of a generation unless it has one; its private half is sealed and never deleted. */
export async function insertEscrowKey(
  tx: Tx,
  key: {
    readonly id: EscrowKeyId;
    readonly device: DeviceId;
    readonly enrollment: EnrollmentId;
    readonly ownershipClass: string;
    readonly certificate: Buffer;
    readonly sealedPrivateKey: Uint8Array;
  },
  now: Date,
): Promise<void> {
  await sql`insert into escrow_keys
      (id, device_id, enrollment_id, ownership_class, certificate_der, sealed_private_key, created_at)
    values (${key.id}, ${key.device}, ${key.enrollment}, ${key.ownershipClass}, ${key.certificate},
      ${Buffer.from(key.sealedPrivateKey)}, ${now})
    on conflict (enrollment_id) do nothing`.execute(tx);
}

/** On record before the bytes go out: this profile, with this command, to this generation. */
export async function recordProfileSent(
  tx: Tx,
  sent: {
    readonly enrollment: EnrollmentId;
    readonly policy: Policy;
    readonly escrowKey: EscrowKeyId;
    readonly command: CommandId;
  },
  now: Date,
): Promise<void> {
  await sql`insert into file_vault_profiles
      (enrollment_id, policy_id, policy_version, escrow_key_id, command_id, state, sent_at)
    values (${sent.enrollment}, ${sent.policy.id}, ${sent.policy.version}, ${sent.escrowKey}, ${sent.command},
      'sent', ${now})
    on conflict (enrollment_id) do update set policy_id = excluded.policy_id,
      policy_version = excluded.policy_version, escrow_key_id = excluded.escrow_key_id,
      command_id = excluded.command_id, sent_at = excluded.sent_at,
      state = case when file_vault_profiles.state = 'acknowledged' then 'acknowledged' else 'sent' end`.execute(
    tx,
  );
}

export async function settleProfile(
  tx: Tx,
  command: CommandId,
  state: 'acknowledged' | 'refused',
  words: string | null,
  now: Date,
): Promise<void> {
  await sql`update file_vault_profiles set state = ${state}, device_words = ${words}, settled_at = ${now}
    where command_id = ${command}`.execute(tx);
}
