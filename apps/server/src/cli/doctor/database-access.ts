import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Config } from '../../config.ts';
import { type Database, openDatabase } from '../../platform/db/database.ts';
import { findServerTime } from './database-facts.store.ts';
import { failureCode } from './failure-code.ts';

/** The database as it can be looked at without starting or changing anything. */
export type DatabaseAccess =
  | { readonly kind: 'open'; readonly database: Database }
  /** The embedded one, which the first start makes. */
  | { readonly kind: 'not-made' }
  /** The embedded one, which runs while the server runs only, or is not open to this account. */
  | { readonly kind: 'embedded-stopped' }
  | { readonly kind: 'unreachable'; readonly code: string };

/** Opens it when first asked, within `limitMs`. `close` gives the connections back. */
export function databaseAccess(
  config: Config,
  limitMs: number,
): {
  readonly open: () => Promise<DatabaseAccess>;
  readonly close: () => Promise<void>;
} {
  const opened: Database[] = [];
  let access: Promise<DatabaseAccess> | null = null;
  return {
    open: () => {
      access ??= Promise.race([openAccess(config, opened), pause(limitMs, tooLate, { ref: false })]);
      return access;
    },
    // A database that does not answer would have us wait for its connection to time out.
    close: async () => {
      await Promise.race([Promise.all(opened.map((each) => each.destroy())), pause(1000)]);
    },
  };
}

const tooLate: DatabaseAccess = { kind: 'unreachable', code: 'ETIMEDOUT' };

async function openAccess(config: Config, opened: Database[]): Promise<DatabaseAccess> {
  if (config.databaseUrl !== null) return connect(config.databaseUrl, opened);
  const cluster = path.join(config.dataFolder, 'postgres', 'cluster');
  if (!(await isThere(path.join(cluster, 'PG_VERSION')))) return { kind: 'not-made' };
  const sockets = await socketsOf(cluster);
  if (sockets === null) return { kind: 'embedded-stopped' };
  const host = encodeURIComponent(sockets);
  const access = await connect(
    `postgresql://keyhaven@localhost:5432/keyhaven?host=${host}&sslmode=disable`,
    opened,
  );
  // Left behind by a killed server, or open to another account only: the server is who knows.
  return access.kind === 'open' ? access : { kind: 'embedded-stopped' };
}

async function connect(connectionString: string, opened: Database[]): Promise<DatabaseAccess> {
  try {
    const database = openDatabase({ connectionString, poolSize: 2, statementTimeoutMs: 5000 });
    opened.push(database);
    await findServerTime(database);
    return { kind: 'open', database };
  } catch (error) {
    return { kind: 'unreachable', code: connectionCode(error) };
  }
}

/** The code of a failed connection; what pg says of two of them has none. Its text goes no further. */
export function connectionCode(error: unknown): string {
  const text = error instanceof Error ? error.message : '';
  if (text === 'The server does not support SSL connections') return 'no-tls';
  return /client password must be a/.test(text) ? 'no-password' : failureCode(error);
}

/** The folder of a running cluster's socket: the fifth line of postmaster.pid (PostgreSQL, "Server File Layout"). */
async function socketsOf(cluster: string): Promise<string | null> {
  const text = await readFile(path.join(cluster, 'postmaster.pid'), 'utf8').catch(() => '');
  const folder = text.split('\n')[4]?.split(',')[0]?.trim() ?? '';
  return folder === '' ? null : folder;
}

const isThere = async (file: string): Promise<boolean> =>
  stat(file).then(
    () => true,
    () => false,
  );
