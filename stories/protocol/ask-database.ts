import { Client, type QueryResultRow } from 'pg';
import type { BenchWorld } from '../faults/bench-world.ts';

/** The rows that the server's database answers with, past the gate. `Row` is the asker's word for their shape. */
export async function askDatabase<Row extends QueryResultRow>(
  { connectionString }: BenchWorld,
  question: string,
  values: readonly unknown[] = [],
): Promise<readonly Row[]> {
  const client = new Client({ connectionString });
  await client.connect();
  try {
    return (await client.query<Row>(question, [...values])).rows;
  } finally {
    await client.end();
  }
}
