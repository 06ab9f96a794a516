import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { chmod, chown, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Database, openDatabase } from './database.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from './embedded-postgres.ts';
import { findPostgresBinaries } from './postgres-binaries.ts';

const fixture = path.join(import.meta.dirname, 'embedded-server.fixture.ts');
const asNobody = ['setpriv', '--reuid', '65534', '--regid', '65534', '--clear-groups', '--'];

let root: string;
let folder: string;
const ends: (() => Promise<void>)[] = [];
beforeEach(async () => {
  root = await mkdtemp(path.join(os.tmpdir(), 'embedded-'));
  folder = path.join(root, 'postgres');
});
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
  await rm(root, { recursive: true, force: true });
});

async function start(at = folder): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({ folder: at });
  ends.push(async () => await server.stop());
  return server;
}

function open(connectionString: string): Database {
  const database = openDatabase({ connectionString, poolSize: 2 });
  ends.push(async () => await database.destroy());
  return database;
}

type Said = { readonly url?: string; readonly pid?: number; readonly error?: string };

/** Runs the fixture as a process of its own; `said` is its first line. */
async function inChild(prefix: readonly string[] = []): Promise<{ child: ChildProcess; said: Said }> {
  const [program, ...args] = [...prefix, process.execPath, fixture, folder];
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  ends.push(async () => {
    child.stdin.end();
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  });
  const [line] = await once(child.stdout, 'data');
  const said: Said = JSON.parse(String(line));
  return { child, said };
}

/** True when the process has ended, also while it waits to be collected. */
function isGone(pid: number): boolean {
  if (process.platform !== 'linux') return spawnSync('ps', ['-p', String(pid)]).status !== 0;
  return !existsSync(`/proc/${pid}/cmdline`) || readFileSync(`/proc/${pid}/cmdline`).length === 0;
}

async function count(database: Database): Promise<number> {
  const { rows } = await sql<{ n: number }>`select count(*) as n from kept`.execute(database);
  return rows[0]?.n ?? -1;
}

test('it is durable, checksummed, reachable by its own socket only, and keeps its rows over a stop', async () => {
  const first = await start();
  const database = open(first.connectionString);
  await sql`create table kept as select 1 as n`.execute(database);
  const { rows } = await sql`select name, setting from pg_settings where name in
    ('fsync', 'full_page_writes', 'synchronous_commit', 'data_checksums', 'listen_addresses')
    order by name`.execute(database);
  expect(rows).toEqual([
    { name: 'data_checksums', setting: 'on' },
    { name: 'fsync', setting: 'on' },
    { name: 'full_page_writes', setting: 'on' },
    { name: 'listen_addresses', setting: '' },
    { name: 'synchronous_commit', setting: 'on' },
  ]);
  expect((await stat(path.join(folder, '.s.PGSQL.5432'))).mode & 0o077).toBe(0);
  const pid = first.pid();
  await first.stop();
  expect(isGone(pid)).toBe(true);
  expect(existsSync(path.join(folder, 'cluster/postmaster.pid'))).toBe(false);
  const second = await start();
  expect(await count(open(second.connectionString))).toBe(1);
});

test('its log holds neither statements nor values', async () => {
  const server = await start();
  const database = open(server.connectionString);
  await sql`create table kept (word text primary key)`.execute(database);
  await sql`insert into kept values ('opensesame')`.execute(database);
  await expect(sql`insert into kept values ('opensesame')`.execute(database)).rejects.toThrow();
  await expect(sql.raw("select 'opensesame' from nowhere").execute(database)).rejects.toThrow();
  const log = await readFile(path.join(folder, 'postgres.log'), 'utf8');
  expect(log).toContain('ERROR');
  expect(log).not.toContain('opensesame');
});

test('a PostgreSQL that is killed comes back with every acknowledged row, and the pool with it', async () => {
  const server = await start();
  const database = open(server.connectionString);
  await sql`create table kept (n int)`.execute(database);
  for (let n = 1; n <= 3; n += 1) {
    await sql`insert into kept values (${n})`.execute(database);
    const before = server.pid();
    process.kill(before, 'SIGKILL');
    await vi.waitFor(async () => expect(await count(database)).toBe(n), { timeout: 20_000, interval: 50 });
    await vi.waitFor(() => expect(server.pid()).not.toBe(before), 10_000);
  }
});

test('a second server on the same folder is refused in one sentence, and the first is not disturbed', async () => {
  const server = await start();
  const database = open(server.connectionString);
  await expect(startEmbeddedPostgres({ folder })).rejects.toMatchObject({
    kind: 'folder-in-use',
    message: `${folder} is already in use by another keyhaven (process ${process.pid})`,
  });
  const { said } = await inChild();
  expect(said).toEqual({ error: `${folder} is already in use by another keyhaven (process ${process.pid})` });
  expect((await sql`select 1 as one`.execute(database)).rows).toEqual([{ one: 1 }]);
});

test('it ends when its keyhaven is killed, and the next one starts on the same rows', async () => {
  const { child, said } = await inChild();
  await sql`create table kept as select 1 as n`.execute(open(said.url ?? ''));
  child.kill('SIGKILL');
  const next = await start();
  expect(next.pid()).not.toBe(said.pid);
  await vi.waitFor(() => expect(isGone(said.pid ?? 0)).toBe(true), 10_000);
  expect(await count(open(next.connectionString))).toBe(1);
});

test('one left running by a killed keyhaven is ended before the next starts', async () => {
  const first = await start();
  const { postgres } = await findPostgresBinaries(path.join(folder, 'lib'));
  await first.stop();
  // As where there is no parent-death signal: same program, same folder, no keyhaven above it.
  const { uid, gid } = await stat(path.join(folder, 'cluster'));
  const mapped = uid === 0 ? ['unshare', '--user', '--map-user=65534', '--map-group=65534', '--'] : [];
  const [program, ...args] = [...mapped, postgres, '-D', path.join(folder, 'cluster'), '-k', folder];
  const orphan = spawn(program, [...args, '-c', 'listen_addresses='], {
    stdio: 'ignore',
    detached: true,
    ...(process.getuid?.() === 0 && uid !== 0 ? { uid, gid } : {}),
  });
  const ended = once(orphan, 'exit');
  await vi.waitFor(() => expect(existsSync(path.join(folder, '.s.PGSQL.5432'))).toBe(true), 10_000);
  const next = await start();
  await ended;
  expect(next.pid()).not.toBe(orphan.pid);
});

test('a recorded process number that another program has by now is left alone and does not block', async () => {
  await (await start()).stop();
  const bystander = spawn('sleep', ['60']);
  const ended = once(bystander, 'exit');
  const record = `${bystander.pid}\n${folder}/cluster\n1795344089\n5432\n${folder}\n\n  2146455         4\nready   \n`;
  await writeFile(path.join(folder, 'cluster/postmaster.pid'), record);
  await start();
  expect(bystander.exitCode).toBe(null);
  bystander.kill();
  await ended;
});

test('a first start that was cut off in the middle is begun again', async () => {
  await mkdir(path.join(folder, 'cluster.new/base'), { recursive: true });
  await writeFile(path.join(folder, 'cluster.new/PG_VERSION'), '18\n');
  const server = await start();
  expect((await sql`select 1 as one`.execute(open(server.connectionString))).rows).toEqual([{ one: 1 }]);
});

test('a data folder with a long path and odd letters gets a socket of mode 700 elsewhere', async () => {
  const server = await start(path.join(root, `a, "b" ü${'x'.repeat(120)}`));
  const sockets = new URL(server.connectionString).searchParams.get('host') ?? '';
  ends.unshift(async () => await rm(sockets, { recursive: true, force: true }));
  expect(sockets.length).toBeLessThan(90);
  expect((await stat(sockets)).mode & 0o777).toBe(0o700);
  expect((await sql`select 1 as one`.execute(open(server.connectionString))).rows).toEqual([{ one: 1 }]);
});

const isLinuxRoot = process.platform === 'linux' && process.getuid?.() === 0;
const nobodyCanRun =
  isLinuxRoot &&
  spawnSync(asNobody[0] ?? '', [...asNobody.slice(1), process.execPath, '--check', fixture]).status === 0;

describe.runIf(isLinuxRoot)('as root', () => {
  test('it runs below a folder that only root may enter', async () => {
    await chmod(root, 0o700);
    const server = await start();
    expect((await stat(path.join(folder, 'cluster'))).uid).toBe(0);
    expect((await sql`select 1 as one`.execute(open(server.connectionString))).rows).toEqual([{ one: 1 }]);
  });
});

describe.runIf(nobodyCanRun)('as an ordinary user', () => {
  beforeEach(async () => {
    await chmod(root, 0o755);
    await mkdir(folder, { mode: 0o700 });
    await chown(folder, 65_534, 65_534);
  });

  test('it starts, dies with its keyhaven, and starts again', async () => {
    const first = await inChild(asNobody);
    expect(first.said.error).toBeUndefined();
    expect((await stat(path.join(folder, 'cluster'))).uid).toBe(65_534);
    first.child.kill('SIGKILL');
    await vi.waitFor(() => expect(isGone(first.said.pid ?? 0)).toBe(true), 10_000);
    const second = await inChild(asNobody);
    expect(second.said.error).toBeUndefined();
  });

  test('root carries on with the folder of that user, as that user', async () => {
    const { child } = await inChild(asNobody);
    child.stdin?.end();
    await once(child, 'exit');
    const server = await start();
    expect((await stat(`/proc/${server.pid()}`)).uid).toBe(65_534);
  });
});
