import { sql } from 'kysely';
import type { Database } from '../db/database.ts';

/** Does the work if no other process of this database is at it under this name; else does nothing. */
export async function withNamedLock(
  database: Database,
  name: string,
  work: () => Promise<void>,
): Promise<void> {
  await database.connection().execute(async (connection) => {
    const key = sql`hashtextextended(${name}, 0)`;
    const { rows } = await sql<{ got: boolean }>`select pg_try_advisory_lock(${key}) as got`.execute(
      connection,
    );
    if (rows[0]?.got !== true) return;
    try {
      await work();
    } finally {
      await sql`select pg_advisory_unlock(${key})`.execute(connection);
    }
  });
}
