import { sql } from 'kysely';
import type { Tx } from '../db/database.ts';

/** Where pg-boss keeps its tables. */
export const JOB_SCHEMA = 'pgboss';

/**
 * Keeps the job that waits under this key from starting until `tx` ends (workers skip locked rows).
 * False when none waits any more: a worker took it in the meantime, before it could see what `tx` wrote.
 */
export async function holdWaitingJob(tx: Tx, job: string, singletonKey: string): Promise<boolean> {
  const { rows } = await sql`
    select id from ${sql.ref(JOB_SCHEMA)}.job
    where name = ${job} and singleton_key = ${singletonKey} and state = 'created'
    for update`.execute(tx);
  return rows.length > 0;
}
