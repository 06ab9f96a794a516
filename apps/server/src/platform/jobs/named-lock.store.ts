import { type Kysely, sql } from 'kysely';
import type { Database } from '../db/database.ts';
import type { Tables } from '../db/tables.ts';

/**
 * One connection of this process that holds all its locks. With one a lock, as many timers as the pool has connections
 * would each hold one and wait for another.
 */
type Holder = {
  readonly connection: Promise<Kysely<Tables>>;
  readonly letGo: () => void;
  readonly names: Set<string>;
};
const holders = new WeakMap<Database, Holder>();

/** Does the work if nobody else of this database is at it under this name; else does nothing. */
export async function withNamedLock(
  database: Database,
  name: string,
  work: () => Promise<void>,
): Promise<void> {
  const holder = holderOf(database);
  if (holder.names.has(name)) return;
  holder.names.add(name);
  try {
    const key = sql`hashtextextended(${name}, 0)`;
    const { rows } = await ask<{ got: boolean }>(
      database,
      holder,
      sql`select pg_try_advisory_lock(${key}) as got`,
    );
    if (rows[0]?.got !== true) return;
    try {
      await work();
    } finally {
      await ask(database, holder, sql`select pg_advisory_unlock(${key})`);
    }
  } finally {
    holder.names.delete(name);
    if (holder.names.size === 0) giveBack(database, holder);
  }
}

function holderOf(database: Database): Holder {
  const known = holders.get(database);
  if (known !== undefined) return known;
  const opened = Promise.withResolvers<Kysely<Tables>>();
  const over = Promise.withResolvers<void>();
  database
    .connection()
    .execute(async (connection) => {
      opened.resolve(connection);
      await over.promise;
    })
    .catch(opened.reject);
  const holder = { connection: opened.promise, letGo: over.resolve, names: new Set<string>() };
  holders.set(database, holder);
  return holder;
}

/** A connection that fails takes its locks with it: whoever comes next gets another. */
async function ask<Row>(
  database: Database,
  holder: Holder,
  statement: ReturnType<typeof sql<Row>>,
): Promise<{ readonly rows: readonly Row[] }> {
  try {
    return await statement.execute(await holder.connection);
  } catch (error) {
    if (holders.get(database) === holder) holders.delete(database);
    throw error;
  }
}

function giveBack(database: Database, holder: Holder): void {
  if (holders.get(database) === holder) holders.delete(database);
  holder.letGo();
}
