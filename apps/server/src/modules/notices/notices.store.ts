import type { Notice } from '@keyhaven/api-contract/notice';
import { sql } from 'kysely';
import type { DeviceId, NoticeId, PersonId } from '../../kernel/id.ts';
import type { Role } from '../../kernel/permission.ts';
import type { Database, Tx } from '../../platform/db/database.ts';

export type NewNotice = {
  readonly id: NoticeId;
  readonly person: PersonId;
  /** Null for what concerns no single Mac. */
  readonly device: DeviceId | null;
  readonly kind: Notice['kind'];
  readonly byName: string | null;
  readonly reason: string | null;
};

export async function insertNotice(tx: Tx, notice: NewNotice, now: Date): Promise<void> {
  await sql`insert into notices (id, person_id, device_id, kind, by_name, reason, at)
    values (${notice.id}, ${notice.person}, ${notice.device}, ${notice.kind}, ${notice.byName},
      ${notice.reason}, ${now})`.execute(tx);
}

/** Everybody who holds one of these roles, each once. */
export async function findPeopleWithRoles(tx: Tx, roles: readonly Role[]): Promise<readonly PersonId[]> {
  const { rows } = await sql<{ person: PersonId }>`
    select distinct person_id as person from role_assignments where role = any(${roles})
    order by person_id`.execute(tx);
  return rows.map(({ person }) => person);
}

export type NoticeRow = {
  readonly id: NoticeId;
  readonly kind: Notice['kind'];
  readonly device: DeviceId | null;
  readonly deviceName: string | null;
  readonly at: Date;
  readonly byName: string | null;
  readonly reason: string | null;
  readonly readAt: Date | null;
};
const columns = sql.raw(`n.id, n.kind, n.device_id as device, d.name as "deviceName", n.at,
  n.by_name as "byName", n.reason, n.read_at as "readAt"`);

/** Where a page ended: the last notice shown. */
export type NoticePlace = { readonly at: Date; readonly id: NoticeId };

/** A person's notices, newest first, from after `place` on. */
export async function findNotices(
  database: Database,
  person: PersonId,
  place: NoticePlace | null,
  limit: number,
): Promise<readonly NoticeRow[]> {
  const { rows } = await sql<NoticeRow>`
    select ${columns} from notices n left join devices d on d.id = n.device_id
    where n.person_id = ${person}
      and (${place === null} or (n.at, n.id) < (${place?.at ?? null}::timestamptz, ${place?.id ?? null}::uuid))
    order by n.at desc, n.id desc limit ${limit}`.execute(database);
  return rows;
}

/** One notice of this person, or null. */
export async function findNotice(
  executor: Database | Tx,
  id: NoticeId,
  person: PersonId,
): Promise<NoticeRow | null> {
  const { rows } = await sql<NoticeRow>`
    select ${columns} from notices n left join devices d on d.id = n.device_id
    where n.id = ${id} and n.person_id = ${person}`.execute(executor);
  return rows[0] ?? null;
}

/** Puts down when the person read it; the first time stays. */
export async function markRead(tx: Tx, id: NoticeId, now: Date): Promise<void> {
  await sql`update notices set read_at = coalesce(read_at, ${now}) where id = ${id}`.execute(tx);
}
