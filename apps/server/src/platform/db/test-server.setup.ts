import { openTestServer } from './test-server.ts';

/** Vitest's global set-up: see test-database.ts. Returns the tear-down. */
export async function setup(): Promise<() => Promise<void>> {
  const server = await openTestServer(process.env['KEYHAVEN_TEST_DATABASE_URL']);
  process.env['KEYHAVEN_TEST_DATABASE_DOOR'] = server.address;
  return async () => await server.stop();
}
