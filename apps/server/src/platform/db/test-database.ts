import { createConnection } from 'node:net';
import { text } from 'node:stream/consumers';
import { type Database, openDatabase } from './database.ts';

/** A database of a test's own, with every migration applied. */
export type TestDatabase = {
  readonly database: Database;
  readonly connectionString: string;
  /** Closes the pool; the database itself goes when the run ends. */
  close(): Promise<void>;
};

/**
 * Makes a fresh database, in well under a second: for `beforeAll` of a `*.db.test.ts`. The server is the
 * embedded one, started once a run by test-server.setup.ts, or that of KEYHAVEN_TEST_DATABASE_URL.
 */
export async function createTestDatabase(poolSize = 5): Promise<TestDatabase> {
  const door = process.env['KEYHAVEN_TEST_DATABASE_DOOR'];
  if (door === undefined) throw new Error('this test wants the global set-up of vitest.config.ts');
  const answer = await text(createConnection(door));
  if (!answer.startsWith('url ')) throw new Error(`no test database: ${answer}`);
  const connectionString = answer.slice('url '.length);
  const database = openDatabase({ connectionString, poolSize });
  return { database, connectionString, close: async () => await database.destroy() };
}
