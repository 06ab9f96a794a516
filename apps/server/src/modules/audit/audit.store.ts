import { sql } from 'kysely';
import type { Database, Tx } from '../../platform/db/database.ts';
import { namedQuery, prepared } from '../../platform/db/named-statements.ts';
import type { ChainedNote } from './chain.ts';

export type NewNote = {
  readonly id: string;
  readonly at: Date;
  readonly actorKind: 'person' | 'mac' | 'system';
  readonly actorId: string | null;
  readonly actorName: string;
  readonly action: string;
  readonly deviceId: string | null;
  readonly detail: Readonly<Record<string, unknown>>;
};

const insertNoteStatement = prepared(
  'insert-audit-note',
  `insert into audit_notes (id, at, actor_kind, actor_id, actor_name, action, device_id, detail)
   values ($1, $2, $3, $4, $5, $6, $7, $8)`,
);

export async function insertNote(tx: Tx, note: NewNote): Promise<void> {
  await namedQuery(tx, insertNoteStatement, [
    note.id,
    note.at,
    note.actorKind,
    note.actorId,
    note.actorName,
    note.action,
    note.deviceId,
    JSON.stringify(note.detail),
  ]);
}

// Any fixed number will do, as long as it stays: the one sequencer at a time.
const SEQUENCER_LOCK = 7_203_651_002;

/** Waits until no other process chains notes; held to the end of the transaction. */
export async function lockSequencer(tx: Tx): Promise<void> {
  await sql`select pg_advisory_xact_lock(${sql.lit(SEQUENCER_LOCK)})`.execute(tx);
}

export async function findChainEnd(
  tx: Tx,
): Promise<{ readonly sequence: number; readonly hash: Buffer } | null> {
  const { rows } = await sql<{ sequence: number; hash: Buffer }>`
    select sequence, hash from audit_notes where sequence is not null order by sequence desc limit 1`.execute(
    tx,
  );
  return rows[0] ?? null;
}

export async function findUnchainedNotes(tx: Tx, limit: number): Promise<readonly NewNote[]> {
  const { rows } = await sql<NewNote>`
    select id, at, actor_kind as "actorKind", actor_id as "actorId", actor_name as "actorName", action,
      device_id as "deviceId", detail
    from audit_notes where sequence is null order by at, id limit ${limit}`.execute(tx);
  return rows;
}

const chainNotesStatement = prepared(
  'chain-audit-notes',
  `update audit_notes n set sequence = link.sequence, previous_hash = link.previous, hash = link.hash
   from unnest($1::uuid[], $2::bigint[], $3::bytea[], $4::bytea[]) as link (id, sequence, previous, hash)
   where n.id = link.id`,
);

export type ChainLink = {
  readonly id: string;
  readonly sequence: number;
  readonly previous: Buffer;
  readonly hash: Buffer;
};

/** Gives notes their places in the chain. */
export async function linkNotes(tx: Tx, links: readonly ChainLink[]): Promise<void> {
  await namedQuery(tx, chainNotesStatement, [
    links.map(({ id }) => id),
    links.map(({ sequence }) => sequence),
    links.map(({ previous }) => previous),
    links.map(({ hash }) => hash),
  ]);
}

/** Chained notes from `afterSequence` on, oldest first. */
export async function findChainedNotes(
  database: Database,
  afterSequence: number,
  limit: number,
): Promise<readonly { readonly note: ChainedNote; readonly hash: Buffer }[]> {
  const { rows } = await sql<NewNote & { sequence: number; hash: Buffer }>`
    select sequence, id, at, actor_kind as "actorKind", actor_id as "actorId", actor_name as "actorName", action,
      device_id as "deviceId", detail, hash
    from audit_notes where sequence > ${afterSequence} order by sequence limit ${limit}`.execute(database);
  return rows.map(({ hash, at, sequence, ...note }) => ({
    note: { ...note, sequence, at: at.toISOString() },
    hash,
  }));
}

export type DeviceNote = {
  readonly at: Date;
  readonly actorKind: 'person' | 'mac' | 'system';
  readonly actorId: string | null;
  readonly actorName: string;
  readonly action: string;
  readonly detail: Readonly<Record<string, unknown>>;
};

/** Notes about one Mac with one of these actions, newest first. */
export async function findNotesOfDevice(
  database: Database,
  device: string,
  actions: readonly string[],
  limit: number,
): Promise<readonly DeviceNote[]> {
  const { rows } = await sql<DeviceNote>`
    select at, actor_kind as "actorKind", actor_id as "actorId", actor_name as "actorName", action, detail
    from audit_notes where device_id = ${device} and action = any(${actions})
    order by at desc, id desc limit ${limit}`.execute(database);
  return rows;
}
