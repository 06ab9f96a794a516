import { sql } from 'kysely';
import type { CommandId, DeviceId, EnrollmentId, EscrowKeyId } from '../../kernel/id.ts';
import type { Database, Tx } from '../../platform/db/database.ts';
import { type Executor, namedQuery, prepared } from '../../platform/db/named-statements.ts';
import type { Policy, ProfileState } from './policy-settings.ts';

// A profile that waits in the queue counts as sent: the Mac will have it before any rotation. One that was taken stays
// taken while its replacement is on the way or refused: its escrow payload is in force.
const profileStateStatement = prepared(
  'find-profile-state',
  `select coalesce(
     (select case when installed_version is not null then 'acknowledged' else state end
      from file_vault_profiles where enrollment_id = $1 and (installed_version is not null or state <> 'none')),
     case when exists (select from commands where enrollment_id = $1 and kind = 'InstallProfile' and intent = '{}'
       and state in ('queued', 'delivered', 'not-now')) then 'sent' else 'none' end) as state`,
);

export async function findProfileState(executor: Executor, enrollment: EnrollmentId): Promise<ProfileState> {
  const rows = await namedQuery<{ state: ProfileState }>(executor, profileStateStatement, [enrollment]);
  return rows[0]?.state ?? 'none';
}

export type ProfileRow = {
  readonly state: ProfileState;
  readonly installedVersion: number | null;
  readonly setbacks: number;
  readonly deviceWords: string | null;
};

/** The profile of this generation, if this was its last InstallProfile. */
export async function findProfileOf(tx: Tx, command: CommandId): Promise<ProfileRow | null> {
  const { rows } = await sql<ProfileRow>`
    select state, installed_version as "installedVersion", setbacks, device_words as "deviceWords"
    from file_vault_profiles where command_id = ${command} for update`.execute(tx);
  return rows[0] ?? null;
}

export type ListedProfile = ProfileRow & {
  /** The list was asked for after the last InstallProfile, so that a profile missing in it is gone. */
  readonly askedSince: boolean;
};

/** The profile of this generation, as a ProfileList finds it. */
export async function findListedProfile(
  tx: Tx,
  enrollment: EnrollmentId,
  list: CommandId,
): Promise<ListedProfile | null> {
  const { rows } = await sql<ListedProfile>`
    select f.state, f.installed_version as "installedVersion", f.setbacks, f.device_words as "deviceWords",
      l.sequence > i.sequence as "askedSince"
    from file_vault_profiles f join commands i on i.id = f.command_id, commands l
    where f.enrollment_id = ${enrollment} and l.id = ${list} and l.enrollment_id = ${enrollment}
    for update of f`.execute(tx);
  return rows[0] ?? null;
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
  const { enrollment, policy, escrowKey, command } = sent;
  await sql`insert into file_vault_profiles
      (enrollment_id, policy_id, policy_version, asked_version, escrow_key_id, command_id, state, sent_at)
    values (${enrollment}, ${policy.id}, ${policy.version}, ${policy.profileVersion}, ${escrowKey}, ${command},
      'sent', ${now})
    on conflict (enrollment_id) do update set policy_id = excluded.policy_id,
      policy_version = excluded.policy_version, asked_version = excluded.asked_version,
      escrow_key_id = excluded.escrow_key_id, command_id = excluded.command_id, sent_at = excluded.sent_at,
      state = 'sent', retry_at = null`.execute(tx);
}

/** The Mac has taken the profile that this command brought. Setbacks count on until it is seen in a list. */
export async function acknowledgeProfile(tx: Tx, command: CommandId, now: Date): Promise<void> {
  await sql`update file_vault_profiles set state = 'acknowledged', installed_version = policy_version,
      device_words = null, settled_at = ${now}, retry_at = null
    where command_id = ${command}`.execute(tx);
}

/** The Mac has refused it; what it had before, it still has. */
export async function refuseProfile(
  tx: Tx,
  command: CommandId,
  refused: { readonly words: string | null; readonly setbacks: number; readonly retryAt: Date },
  now: Date,
): Promise<void> {
  await sql`update file_vault_profiles set state = 'refused', device_words = ${refused.words},
      settled_at = ${now}, setbacks = ${refused.setbacks}, retry_at = ${refused.retryAt}
    where command_id = ${command}`.execute(tx);
}

/** The Mac has it no more. */
export async function loseProfile(
  tx: Tx,
  enrollment: EnrollmentId,
  lost: { readonly setbacks: number; readonly retryAt: Date },
): Promise<void> {
  await sql`update file_vault_profiles set state = 'none', installed_version = null,
      setbacks = ${lost.setbacks}, retry_at = ${lost.retryAt}
    where enrollment_id = ${enrollment}`.execute(tx);
}

/** The Mac lists it: whatever was in the way is over. */
export async function clearSetbacks(tx: Tx, enrollment: EnrollmentId): Promise<void> {
  await sql`update file_vault_profiles set setbacks = 0 where enrollment_id = ${enrollment}`.execute(tx);
}

/** What stood in the way of a refused profile is gone: it is due now. */
export async function retryNow(tx: Tx, enrollment: EnrollmentId, now: Date): Promise<void> {
  await sql`update file_vault_profiles set retry_at = ${now}
    where enrollment_id = ${enrollment} and retry_at is not null`.execute(tx);
}

export type DueProfile = { readonly enrollment: EnrollmentId; readonly device: DeviceId };

// In two statements, so that each goes along its own index.
const live = sql`join devices d on d.enrollment_id = f.enrollment_id and d.removed_at is null
  join enrollments e on e.id = f.enrollment_id and e.state = 'active'`;

/** Macs that want their profile anew: altered by the policy, refused or gone a while ago. */
export async function findDueProfiles(
  database: Database,
  policy: Policy,
  now: Date,
  limit: number,
): Promise<readonly DueProfile[]> {
  const { rows } = await sql<DueProfile>`
    (select f.enrollment_id as enrollment, d.id as device from file_vault_profiles f ${live}
     where f.retry_at <= ${now} order by f.retry_at limit ${limit})
    union
    (select f.enrollment_id, d.id from file_vault_profiles f ${live}
     where f.policy_id = ${policy.id} and f.asked_version < ${policy.profileVersion}
     order by f.asked_version limit ${limit})
    limit ${limit}`.execute(database);
  return rows;
}

/** Takes a profile that is due for this version; false when it no longer is. */
export async function takeDueProfile(
  tx: Tx,
  enrollment: EnrollmentId,
  policy: Policy,
  now: Date,
): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update file_vault_profiles set asked_version = ${policy.profileVersion}, retry_at = null,
      state = case when state = 'none' then 'sent' else state end
    where enrollment_id = ${enrollment}
      and (retry_at <= ${now} or asked_version < ${policy.profileVersion})`.execute(tx);
  return numAffectedRows === 1n;
}

export type ProfileCounts = {
  readonly active: number;
  readonly acknowledged: number;
  readonly waiting: number;
  readonly refused: number;
};

/** How far the active Macs have come with the newest profile of this policy. */
export async function countProfiles(database: Database | Tx, policy: Policy): Promise<ProfileCounts> {
  const { rows } = await sql<ProfileCounts>`
    select count(*) as active,
      count(*) filter (where f.state = 'acknowledged' and f.asked_version >= ${policy.profileVersion}) as acknowledged,
      count(*) filter (where f.state is null or f.state in ('none', 'sent')
        or (f.state = 'acknowledged' and f.asked_version < ${policy.profileVersion})) as waiting,
      count(*) filter (where f.state = 'refused') as refused
    from enrollments e join devices d on d.enrollment_id = e.id and d.removed_at is null
    left join file_vault_profiles f on f.enrollment_id = e.id
    where e.state = 'active'`.execute(database);
  return rows[0] ?? { active: 0, acknowledged: 0, waiting: 0, refused: 0 };
}

/** The name of another profile that escrows keys or turns FileVault on; null: there is none. True when that is news. */
export async function writeOtherEscrowProfile(
  tx: Tx,
  device: DeviceId,
  name: string | null,
): Promise<boolean> {
  const { numAffectedRows } = await sql`update devices set other_escrow_profile = ${name}
    where id = ${device} and other_escrow_profile is distinct from ${name}`.execute(tx);
  return numAffectedRows === 1n;
}

export type InstallableProfile = { readonly escrowKey: EscrowKeyId; readonly certificate: Buffer };

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
