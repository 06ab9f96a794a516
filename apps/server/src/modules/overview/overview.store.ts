import { sql } from 'kysely';
import type { AttemptId, DeviceId, PersonId, SessionId } from '../../kernel/id.ts';
import type { Role } from '../../kernel/permission.ts';
import type { Database } from '../../platform/db/database.ts';
import type { Executor } from '../../platform/db/named-statements.ts';
import { namedQuery, prepared } from '../../platform/db/named-statements.ts';
import type { Belonging, SeenAttempt, SeenDevice, SeenKey } from './seen-device.ts';

// json_build_object writes instants as text; they become Dates again below.
type Json<Of> = {
  readonly [Key in keyof Of]: Of[Key] extends Date
    ? string
    : Of[Key] extends Date | null
      ? string | null
      : Of[Key];
};
type Row = Omit<SeenDevice, 'attempt' | 'keys'> & {
  readonly attempt: Json<SeenAttempt> | null;
  readonly keys: readonly Json<SeenKey>[];
};

const attemptObject = `json_build_object('id', a.id, 'kind', a.kind, 'state', a.state, 'reason', a.reason,
  'startedAt', a.started_at, 'startedByName', a.started_by_name, 'deliveredAt', a.delivered_at,
  'endedAt', a.ended_at, 'deviceWords', a.device_words)`;
const showable = `k.state in ('current', 'unproven', 'candidate', 'superseded')`;

/** A Mac with everything that is shown of it: `d`, and the rows that belong to it. */
const selectSeen = `
  select d.id, d.name, d.serial_number as "serialNumber", d.model, d.os_version as "osVersion", d.ownership,
    d.owner_id as "ownerId", p.name as "ownerName", p.email as "ownerEmail",
    d.encryption_enabled as "encryptionEnabled", d.has_personal_recovery_key as "hasPersonalRecoveryKey",
    d.encryption_reported_at as "encryptionReportedAt", d.last_contact_at as "lastContactAt",
    d.removed_at as "removedAt", d.quarantined_at as "quarantinedAt", e.state as "enrollmentState",
    coalesce(e.activated_at, e.authenticated_at, d.created_at) as "enrolledAt",
    d.certificate_shared_at as "certificateSharedAt", d.restored_at as "restoredAt",
    e.push_refused_at as "pushRefusedAt",
    (select max(i.not_after) from identities i where i.enrollment_id = d.enrollment_id and i.revoked_at is null)
      as "certificateEndsAt",
    exists (select from devices o where o.serial_number = d.serial_number and o.id <> d.id
      and o.removed_at is null and o.replaced_at is null) as "serialNumberShared",
    case when f.installed_version is not null then 'acknowledged' when f.state <> 'none' then f.state
      when exists (select from commands c where c.enrollment_id = d.enrollment_id and c.kind = 'InstallProfile'
        and c.intent = '{}' and c.state in ('queued', 'delivered', 'not-now'))
      then 'sent' else 'none' end as "profileState",
    d.user_approved as "userApproved", d.user_enrollment as "userEnrollment",
    d.other_escrow_profile as "otherEscrowProfile", d.claims_device_id as "claimsDeviceId",
    case when f.state = 'refused' then f.device_words end as "profileRefusal",
    newest.attempt, coalesce(held.keys, '[]') as keys, coalesce(held.any, false) as "hasShowable",
    coalesce(held.corporate, false) as "hasCorporateShowable"
  from devices d
  join people p on p.id = d.owner_id
  left join enrollments e on e.id = d.enrollment_id
  left join file_vault_profiles f on f.enrollment_id = d.enrollment_id
  left join lateral (select ${attemptObject} as attempt from attempts a where a.device_id = d.id
    order by (a.ended_at is null) desc, a.started_at desc limit 1) newest on true
  left join lateral (
    select json_agg(json_build_object('state', k.state, 'version', k.version, 'source', k.source,
        'storedAt', k.stored_at, 'provenAt', k.proven_at))
        filter (where k.state in ('current', 'unproven', 'candidate') and k.nth = 1) as keys,
      bool_or(${showable}) as any, bool_or(${showable} and k.ownership_class = 'corporate') as corporate
    from (select state, version, source, stored_at, proven_at, ownership_class,
        row_number() over (partition by state order by version desc) as nth
      from key_versions where device_id = d.id) k) held on true`;

const findSeenStatement = prepared('find-seen-device', `${selectSeen} where d.id = $1`);

/** One Mac, whoever asks; the caller judges who may see it. */
export async function findSeenDevice(executor: Executor, device: DeviceId): Promise<SeenDevice | null> {
  const row = (await namedQuery<Row>(executor, findSeenStatement, [device]))[0];
  return row === undefined ? null : seen(row);
}

export type Page = {
  /** null: the Macs of everybody, quarantine included. */
  readonly owner: PersonId | null;
  /** Found anywhere in name, serial number, model, the owner's name or e-mail; null: all. */
  readonly search: string | null;
  /** The last Mac of the page before. */
  readonly after: DeviceId | null;
  readonly limit: number;
};

// One text for each kind of page, so that every kind finds its own index.
const pageStatement = (name: string, scope: string, place: string) =>
  prepared(
    name,
    `${selectSeen}
     where ${scope} and ${place}
       and ($2 = '' or strpos(
         lower(concat_ws(chr(10), d.name, d.serial_number, d.model, p.name, p.email)), lower($2)) > 0)
     order by lower(d.name), d.id limit $3`,
  );
const ofOwner = 'd.owner_id = $1::uuid and d.quarantined_at is null';
const ofAll = '$1::uuid is null';
const atStart = '$4::text is null and $5::uuid is null';
const behind = '(lower(d.name), d.id) > ($4::text, $5::uuid)';
const pages = {
  mine: {
    first: pageStatement('find-first-own-devices', ofOwner, atStart),
    next: pageStatement('find-next-own-devices', ofOwner, behind),
  },
  all: {
    first: pageStatement('find-first-devices', ofAll, atStart),
    next: pageStatement('find-next-devices', ofAll, behind),
  },
} as const;

const findPlaceStatement = prepared(
  'find-place-of-device',
  `select lower(name) as name from devices
   where id = $1 and ($2::uuid is null or (owner_id = $2 and quarantined_at is null))`,
);

/** A page of Macs by name. A cursor outside of the caller's own scope finds nothing and tells nothing. */
export async function findSeenDevices(executor: Executor, page: Page): Promise<readonly SeenDevice[]> {
  const { owner, search, after, limit } = page;
  const statements = owner === null ? pages.all : pages.mine;
  if (after === null) {
    return (await namedQuery<Row>(executor, statements.first, [owner, search ?? '', limit, null, null])).map(
      seen,
    );
  }
  const place = (await namedQuery<{ name: string }>(executor, findPlaceStatement, [after, owner]))[0];
  if (place === undefined) return [];
  const values = [owner, search ?? '', limit, place.name, after];
  return (await namedQuery<Row>(executor, statements.next, values)).map(seen);
}

const findAttemptStatement = prepared(
  'find-seen-attempt',
  `select d.owner_id as "ownerId", d.quarantined_at as "quarantinedAt", d.last_contact_at as "lastContactAt",
     ${attemptObject} as attempt
   from attempts a join devices d on d.id = a.device_id where a.id = $2 and d.id = $1`,
);

export type FoundAttempt = Belonging & Pick<SeenDevice, 'lastContactAt'> & { readonly attempt: SeenAttempt };

export async function findShownAttempt(
  executor: Executor,
  device: DeviceId,
  attempt: AttemptId,
): Promise<FoundAttempt | null> {
  type AttemptRow = Omit<FoundAttempt, 'attempt'> & { readonly attempt: Json<SeenAttempt> };
  const row = (await namedQuery<AttemptRow>(executor, findAttemptStatement, [device, attempt]))[0];
  return row === undefined ? null : { ...row, attempt: seenAttempt(row.attempt) };
}

const findBelongingStatement = prepared(
  'find-belonging',
  `select owner_id as "ownerId", quarantined_at as "quarantinedAt" from devices where id = $1`,
);

/** Whose Mac it is: all that an event needs to find who may hear of it. */
export async function findBelonging(executor: Executor, device: DeviceId): Promise<Belonging | null> {
  return (await namedQuery<Belonging>(executor, findBelongingStatement, [device]))[0] ?? null;
}

/** The roles behind each of these sessions that still stands; a session that has ended is not in it. */
export async function findStandingSessions(
  database: Database,
  sessions: readonly SessionId[],
  times: { readonly now: Date; readonly seenSince: Date },
): Promise<ReadonlyMap<SessionId, readonly Role[]>> {
  const { rows } = await sql<{ session: SessionId; roles: readonly Role[] }>`
    select s.id as session, array(select role from role_assignments where person_id = s.person_id) as roles
    from sessions s where s.id = any(${sessions}::uuid[]) and s.ended_at is null
      and s.expires_at > ${times.now} and s.last_seen_at >= ${times.seenSince}`.execute(database);
  return new Map(rows.map(({ session, roles }) => [session, roles]));
}

const seen = ({ attempt, keys, ...row }: Row): SeenDevice => ({
  ...row,
  attempt: attempt === null ? null : seenAttempt(attempt),
  keys: keys.map(({ storedAt, provenAt, ...key }) => ({
    ...key,
    storedAt: new Date(storedAt),
    provenAt: instant(provenAt),
  })),
});

const seenAttempt = ({ startedAt, deliveredAt, endedAt, ...attempt }: Json<SeenAttempt>): SeenAttempt => ({
  ...attempt,
  startedAt: new Date(startedAt),
  deliveredAt: instant(deliveredAt),
  endedAt: instant(endedAt),
});

const instant = (text: string | null): Date | null => (text === null ? null : new Date(text));
