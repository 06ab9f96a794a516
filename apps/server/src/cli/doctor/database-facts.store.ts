import { sql } from 'kysely';
import type { Database } from '../../platform/db/database.ts';

/** Its own clock, now. */
export async function findServerTime(database: Database): Promise<Date> {
  const { rows } = await sql<{ now: Date }>`select clock_timestamp() as now`.execute(database);
  const row = rows[0];
  if (row === undefined) throw new Error('the database has no time');
  return row.now;
}

export type DatabaseFacts = {
  /** As `server_version_num` has it: 150004 is 15.4. */
  readonly version: number;
  readonly encoding: string;
  readonly isReplica: boolean;
  readonly isReadOnly: boolean;
  readonly fsync: string;
  readonly fullPageWrites: string;
  readonly synchronousCommit: string;
  readonly isSuperuser: boolean;
  readonly mayCreateTables: boolean;
  /** Whether this very connection is encrypted. */
  readonly encrypted: boolean;
  /** Connections that this role may still open, those of Keyhaven's own on this database counted as free. */
  readonly connectionsLeft: number;
};

export async function findDatabaseFacts(database: Database): Promise<DatabaseFacts> {
  const { rows } = await sql<DatabaseFacts>`
    select current_setting('server_version_num')::int as version,
      current_setting('server_encoding') as encoding,
      pg_is_in_recovery() as "isReplica",
      current_setting('default_transaction_read_only') = 'on' as "isReadOnly",
      current_setting('fsync') as fsync,
      current_setting('full_page_writes') as "fullPageWrites",
      current_setting('synchronous_commit') as "synchronousCommit",
      (select rolsuper from pg_roles where rolname = current_user) as "isSuperuser",
      has_schema_privilege(current_schema(), 'create') as "mayCreateTables",
      coalesce((select ssl from pg_stat_ssl where pid = pg_backend_pid()), false) as encrypted,
      current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
        - (select count(*)::int from pg_stat_activity where backend_type = 'client backend'
            and not (datname = current_database() and application_name = 'keyhaven')) as "connectionsLeft"
  `.execute(database);
  const row = rows[0];
  if (row === undefined) throw new Error('the database says nothing of itself');
  return row;
}

export type AppliedMigration = { readonly name: string; readonly sha256: string };

/** The migrations that this database has; none where it is new. */
export async function findAppliedMigrations(database: Database): Promise<readonly AppliedMigration[]> {
  const { rows: tables } = await sql<{ there: boolean }>`
    select to_regclass('schema_migrations') is not null as there`.execute(database);
  if (tables[0]?.there !== true) return [];
  const { rows } = await sql<AppliedMigration>`
    select name, sha256 from schema_migrations order by name`.execute(database);
  return rows;
}

/** Heads of sealed records: which class and generation of master key each needs. Never their content. */
export async function findSealedHeads(database: Database): Promise<readonly Buffer[]> {
  const { rows } = await sql<{ head: Buffer }>`
    select distinct head from (
      select substring(sealed from 1 for 7) as head from key_versions where state <> 'unreadable'
      union all select substring(sealed_private_key from 1 for 7) from escrow_keys
      union all select substring(sealed_private_key from 1 for 7) from vault_keys
      union all select substring(sealed_private_key from 1 for 7) from push_certificates) as heads
    limit 1000`.execute(database);
  return rows.map(({ head }) => head);
}

/** Whether the tables of sealed records are there. */
export async function hasTables(database: Database): Promise<boolean> {
  const { rows } = await sql<{ there: boolean }>`
    select to_regclass('vault_keys') is not null as there`.execute(database);
  return rows[0]?.there ?? false;
}

/** `evaluation` or `production`, as this database was begun; null where it was not yet. */
export async function findBegunMode(database: Database): Promise<string | null> {
  if (!(await hasTables(database))) return null;
  const { rows } = await sql<{ value: string }>`
    select value from installation where key = 'mode'`.execute(database);
  return rows[0]?.value ?? null;
}

export type StoredPushCertificate = {
  /** PEM, the certificate itself first. */
  readonly chain: string;
  readonly topic: string;
  /** Macs that were enrolled with another topic: this certificate never reaches them. */
  readonly unreached: number;
};

/** The push certificate that the console has stored, if it has; it goes before that of the settings. */
export async function findStoredPushCertificate(database: Database): Promise<StoredPushCertificate | null> {
  const { rows: tables } = await sql<{ there: boolean }>`
    select to_regclass('push_certificates') is not null as there`.execute(database);
  if (tables[0]?.there !== true) return null;
  const { rows } = await sql<StoredPushCertificate>`
    select p.certificate_chain as chain, p.topic,
      (select count(*)::int from enrollments e where e.state in ('authenticated', 'active')
        and e.push_topic <> p.topic) as unreached
    from push_certificates p where p.state = 'in-use'`.execute(database);
  return rows[0] ?? null;
}
