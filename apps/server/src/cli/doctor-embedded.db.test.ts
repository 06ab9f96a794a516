import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readConfig } from '../config.ts';
import { type Server, startServer } from '../main.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../platform/db/embedded-postgres.ts';
import { silentLog } from '../platform/log/log.ts';
import { freePort } from './doctor/free-port.fixture.ts';
import { runDoctor } from './doctor.ts';

// One after the other, as it comes on one machine: everything runs, the database is gone, the server too.
let folder: string;
let postgres: EmbeddedPostgres;
let server: Server;
const environment = () => ({ KEYHAVEN_DATA: folder, KEYHAVEN_PORT: String(port) });
let port: number;

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'keyhaven-doctor-'));
  port = await freePort();
  postgres = await startEmbeddedPostgres({ folder: path.join(folder, 'postgres') });
  const config = readConfig(environment());
  server = await startServer({ config, connectionString: postgres.connectionString, log: silentLog });
});
afterAll(async () => {
  await postgres.stop();
  await rm(folder, { recursive: true });
});

async function doctor(): Promise<{ readonly code: number; readonly text: string }> {
  let text = '';
  const print = (line: string): void => void (text += `${line}\n`);
  const code = await runDoctor([], { print }, { environment: environment() });
  return { code, text };
}

it('the embedded database is looked at while a server holds it', async () => {
  const { code, text } = await doctor();
  expect(text).toMatch(/✓ server .*is ready/);
  expect(text).toMatch(/✓ address .*leads here/);
  expect(text).toMatch(/✓ database +embedded PostgreSQL \d+, writes/);
  expect(text).toMatch(/✓ master key .*opens what this database holds/);
  expect(code).toBe(0);
});

it('a server whose database is gone is found not ready', async () => {
  await postgres.stop();
  const { code, text } = await doctor();
  expect(text).toMatch(/✗ server .*is not ready/);
  expect(code).toBe(1);
});

it('without the server nothing is started, and nothing has failed', async () => {
  await server.stop();
  const { code, text } = await doctor();
  expect(text).toMatch(/! server .*does not run/);
  expect(text).toMatch(/! address .*nothing listens there/);
  expect(text).toMatch(/! database +embedded, and runs while the server runs only/);
  expect(text).toMatch(/✓ master key .*is there and private/);
  expect(code).toBe(0);
});

it('something else on the port is told from a server', async () => {
  const stranger = createServer((_request, response) => response.end('hello')).listen(port, '127.0.0.1');
  const { code, text } = await doctor();
  stranger.closeAllConnections();
  stranger.close();
  expect(text).toMatch(/✗ server +something else listens/);
  expect(code).toBe(1);
});
