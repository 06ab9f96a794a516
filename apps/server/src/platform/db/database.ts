import {
  Kysely,
  type PostgresCursor,
  PostgresDialect,
  type PostgresPool,
  type PostgresPoolClient,
  type PostgresQueryResult,
  type Transaction,
} from 'kysely';
import { Pool, type PoolClient } from 'pg';
import { statementName } from './named-statements.ts';
import type { Tables } from './tables.ts';
import { valueParsers } from './value-parsers.ts';

/** The database: a pool of connections. `destroy()` closes it. */
export type Database = Kysely<Tables>;
/** One transaction of it. */
export type Tx = Transaction<Tables>;

export type DatabaseOptions = {
  /** PostgreSQL URL; a unix socket as `postgresql://user@localhost/name?host=/folder`. */
  readonly connectionString: string;
  /** Connections kept open, default 10. */
  readonly poolSize?: number;
  /** A statement that runs longer is cancelled; default 15 s. */
  readonly statementTimeoutMs?: number;
  /** Told of a connection that broke while idle. The pool replaces it; nothing else is to be done. */
  readonly onConnectionLost?: (error: Error) => void;
};

/** Opens the pool. It connects at the first statement, so a database that is down is no error here. */
export function openDatabase(options: DatabaseOptions): Database {
  const pool = new Pool({
    connectionString: options.connectionString,
    max: options.poolSize ?? 10,
    idleTimeoutMillis: 0,
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
    application_name: 'keyhaven',
    statement_timeout: options.statementTimeoutMs ?? 15_000,
    idle_in_transaction_session_timeout: 30_000,
    types: valueParsers,
  });
  // Without listeners, a database restart would end the process. The first is told of connections that
  // rest; the others are for those at work between two statements, whose next statement then fails.
  pool.on('error', (error) => options.onConnectionLost?.(error));
  pool.on('connect', (client) => void client.on('error', () => {}));
  return new Kysely<Tables>({ dialect: new PostgresDialect({ pool: namingPool(pool) }) });
}

const afterCommits = new WeakMap<Tx, (() => void)[]>();

/**
 * Runs `work` in one transaction: committed when it returns, rolled back when it throws. What was given
 * to `afterCommit` inside runs once the commit is acknowledged.
 */
export async function transaction<Value>(
  database: Database,
  work: (tx: Tx) => Promise<Value>,
): Promise<Value> {
  const reactions: (() => void)[] = [];
  const value = await database.transaction().execute(async (tx) => {
    afterCommits.set(tx, reactions);
    return await work(tx);
  });
  for (const react of reactions) react();
  return value;
}

/**
 * Runs `react` after the commit of this transaction, never after a rollback. For hints that may get lost
 * (waking a worker); what must happen is a job row. `react` must not throw.
 */
export function afterCommit(tx: Tx, react: () => void): void {
  const reactions = afterCommits.get(tx);
  if (reactions === undefined) throw new Error('this transaction was not opened by transaction()');
  reactions.push(react);
}

/** Sends each prepared text under its name; kysely itself knows no named statements. */
function namingPool(pool: Pool): PostgresPool {
  const clients = new WeakMap<PoolClient, PostgresPoolClient>();
  return {
    options: pool.options,
    end: async () => await pool.end(),
    async connect() {
      const client = await pool.connect();
      const known = clients.get(client);
      if (known !== undefined) return known;
      const naming = namingClient(client);
      clients.set(client, naming);
      return naming;
    },
  };
}

function namingClient(client: PoolClient): PostgresPoolClient {
  function query<Row>(text: string, values: readonly unknown[]): Promise<PostgresQueryResult<Row>>;
  function query<Row>(cursor: PostgresCursor<Row>): PostgresCursor<Row>;
  function query(text: unknown, values: readonly unknown[] = []): unknown {
    if (typeof text !== 'string') throw new Error('cursors are not in use here');
    const name = statementName(text);
    return client.query(
      name === undefined ? { text, values: [...values] } : { name, text, values: [...values] },
    );
  }
  return { query, release: (destroy) => client.release(destroy) };
}
