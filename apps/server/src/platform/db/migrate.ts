import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { sql } from 'kysely';
import type { Database, Tx } from './database.ts';

/** The folder of our own migrations: `0001-initial.sql`, `0002-…`, never edited once released. */
export const migrationsFolder = path.join(import.meta.dirname, 'migrations');

// Any fixed number will do, as long as it stays: the advisory lock of all migrations.
const MIGRATION_LOCK = 7_203_651_001;

/** Why a database is not to be migrated by this version. `migration` is a file name. */
export class MigrationRefused extends Error {
  override readonly name = 'MigrationRefused';
  readonly kind: 'newer-version' | 'changed' | 'out-of-order' | 'bad-name';
  constructor(kind: MigrationRefused['kind'], message: string) {
    super(message);
    this.kind = kind;
  }
}

export type Migration = { readonly name: string; readonly text: string; readonly sha256: string };
type Applied = { readonly name: string; readonly sha256: string };

/**
 * Brings the database to the newest of the folder's migrations, forward only, each in its own
 * transaction; any number of processes may do so at once. Returns the names applied by this call.
 * Throws MigrationRefused for a database that knows a migration we do not, or knows one with other bytes.
 */
export async function migrate(database: Database, folder = migrationsFolder): Promise<readonly string[]> {
  const migrations = await readMigrations(folder);
  const appliedNow: string[] = [];
  for (;;) {
    const name = await database.transaction().execute(async (tx) => await applyNext(tx, migrations));
    if (name === null) return appliedNow;
    appliedNow.push(name);
  }
}

// The lock is the transaction's own, so that it also holds behind a pooler that shares sessions.
async function applyNext(tx: Tx, migrations: readonly Migration[]): Promise<string | null> {
  await sql`set local statement_timeout = 0`.execute(tx);
  await sql`select pg_advisory_xact_lock(${sql.lit(MIGRATION_LOCK)})`.execute(tx);
  await sql`create table if not exists schema_migrations (
    name text primary key,
    sha256 text not null,
    applied_at timestamptz not null default now()
  )`.execute(tx);
  const applied = await sql<Applied>`select name, sha256 from schema_migrations order by name`.execute(tx);
  const next = nextMigration(migrations, applied.rows);
  if (next === null) return null;
  await sql.raw(next.text).execute(tx);
  await sql`insert into schema_migrations (name, sha256) values (${next.name}, ${next.sha256})`.execute(tx);
  return next.name;
}

/** The first migration not applied yet, or null. Throws MigrationRefused. */
export function nextMigration(
  migrations: readonly Migration[],
  applied: readonly Applied[],
): Migration | null {
  const ours = new Map(migrations.map((migration) => [migration.name, migration]));
  for (const { name, sha256 } of applied) {
    const known = ours.get(name);
    if (known === undefined)
      throw new MigrationRefused(
        'newer-version',
        `this database was last used by a newer version (it has ${name})`,
      );
    if (known.sha256 !== sha256)
      throw new MigrationRefused('changed', `${name} is not the migration that this database was made with`);
  }
  const next = migrations[applied.length];
  if (next === undefined) return null;
  const gap = migrations.slice(0, applied.length).find(({ name }) => !applied.some((a) => a.name === name));
  if (gap !== undefined)
    throw new MigrationRefused('out-of-order', `${gap.name} comes before a migration already applied`);
  return next;
}

/** The migrations of this version, in their order. Throws MigrationRefused `bad-name`. */
export async function readMigrations(folder = migrationsFolder): Promise<readonly Migration[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).toSorted();
  return await Promise.all(
    names.map(async (name) => {
      if (!/^\d{4}-[a-z0-9-]+\.sql$/.test(name))
        throw new MigrationRefused('bad-name', `${name} is not named like 0001-what-it-does.sql`);
      // A checkout may have turned the line ends; that changes no statement.
      const text = (await readFile(path.join(folder, name), 'utf8')).replaceAll('\r\n', '\n');
      return { name, text, sha256: createHash('sha256').update(text).digest('hex') };
    }),
  );
}
