import { sql } from 'kysely';
import type { Database } from './database.ts';

/** Writes a fact about this installation unless it has one, and returns the one that holds. */
export async function takeInstallationFact(
  database: Database,
  key: string,
  value: string,
  now: Date,
): Promise<string> {
  await sql`insert into installation (key, value, created_at) values (${key}, ${value}, ${now})
    on conflict (key) do nothing`.execute(database);
  const { rows } = await sql<{ value: string }>`select value from installation where key = ${key}`.execute(
    database,
  );
  return rows[0]?.value ?? value;
}
