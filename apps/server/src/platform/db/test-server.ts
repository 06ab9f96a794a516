import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { Client, escapeIdentifier } from 'pg';
import { openDatabase } from './database.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from './embedded-postgres.ts';
import { migrate } from './migrate.ts';

/** The server behind createTestDatabase, one a test run, in the process of the test runner. */
export type TestServer = {
  /** Socket on which a test asks for a database: one request a connection, answered by its URL. */
  readonly address: string;
  /** Ends PostgreSQL, if it ever ran, and removes every trace. */
  stop(): Promise<void>;
};

const FOLDER_PREFIX = 'keyhaven-test-';

/**
 * Opens the door for tests. PostgreSQL itself starts at the first request, so that a run without
 * `*.db.test.ts` costs nothing. `externalUrl` names a PostgreSQL to use instead of the embedded one; its
 * role must be allowed to create databases.
 */
export async function openTestServer(externalUrl: string | undefined): Promise<TestServer> {
  removeLeftFolders();
  const folder = mkdtempSync(path.join(os.tmpdir(), `${FOLDER_PREFIX}${process.pid}-`));
  const address = path.join(folder, 'door.sock');
  const databases = new TestDatabases(path.join(folder, 'postgres'), externalUrl);
  const door = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => {});
    databases.create().then(
      (url) => socket.end(`url ${url}`),
      (error: unknown) => socket.end(`error ${error instanceof Error ? error.message : 'unknown'}`),
    );
  });
  await new Promise<void>((resolve) => door.listen(address, resolve));
  return {
    address,
    async stop() {
      await closed(door);
      await databases.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

class TestDatabases {
  readonly #folder: string;
  readonly #externalUrl: string | undefined;
  readonly #names: string[] = [];
  readonly #run = `keyhaven_test_${process.pid}_${Date.now().toString(36)}`;
  #server: EmbeddedPostgres | undefined;
  #ready: Promise<string> | undefined;
  #queue: Promise<unknown> = Promise.resolve();

  constructor(folder: string, externalUrl: string | undefined) {
    this.#folder = folder;
    this.#externalUrl = externalUrl;
  }

  /** The URL of a new database with every migration applied. One at a time: they share a template. */
  async create(): Promise<string> {
    const created = this.#queue.then(async () => {
      const admin = await (this.#ready ??= this.#prepare());
      const name = `${this.#run}_${this.#names.length}`;
      this.#names.push(name);
      await command(admin, `create database ${escapeIdentifier(name)} template ${this.#template()}`);
      return withDatabase(admin, name);
    });
    this.#queue = created.catch(() => {});
    return await created;
  }

  async stop(): Promise<void> {
    await this.#queue;
    const admin = await this.#ready?.catch(() => undefined);
    if (this.#externalUrl !== undefined && admin !== undefined)
      for (const name of [...this.#names, `${this.#run}_template`])
        await command(admin, `drop database if exists ${escapeIdentifier(name)} with (force)`);
    await this.#server?.stop();
  }

  #template(): string {
    return escapeIdentifier(`${this.#run}_template`);
  }

  async #prepare(): Promise<string> {
    if (this.#externalUrl === undefined) this.#server = await startEmbeddedPostgres({ folder: this.#folder });
    const admin = this.#externalUrl ?? this.#server?.connectionString ?? '';
    await command(admin, `create database ${this.#template()}`);
    const database = openDatabase({ connectionString: withDatabase(admin, `${this.#run}_template`) });
    await migrate(database);
    await database.destroy();
    return admin;
  }
}

async function command(url: string, text: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(text);
  } finally {
    await client.end();
  }
}

function withDatabase(url: string, name: string): string {
  const changed = new URL(url);
  changed.pathname = `/${name}`;
  return changed.href;
}

/** A run that was killed leaves its folder; its PostgreSQL died with it. */
function removeLeftFolders(): void {
  for (const name of readdirSync(os.tmpdir())) {
    const pid = name.startsWith(FOLDER_PREFIX) ? Number.parseInt(name.slice(FOLDER_PREFIX.length), 10) : 0;
    if (pid > 0 && !isAlive(pid)) rmSync(path.join(os.tmpdir(), name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

async function closed(door: Server): Promise<void> {
  await new Promise<void>((resolve) => door.close(() => resolve()));
}
