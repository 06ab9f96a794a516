import { execFile } from 'node:child_process';
import { chmod, chown, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { EmbeddedPostgresFailed } from './embedded-failure.ts';
import { type PostgresAccount, postgresAccount } from './postgres-account.ts';
import { findPostgresBinaries, type PostgresBinaries } from './postgres-binaries.ts';
import { socketFolder } from './socket-folder.ts';

const run = promisify(execFile);

/** A cluster on disk, ready to be served. */
export type Cluster = {
  readonly folder: string;
  readonly logFile: string;
  readonly socketFolder: string;
  readonly binaries: PostgresBinaries;
  readonly account: PostgresAccount;
  connectionString(database: string): string;
};

/** Makes the cluster in `folder` when there is none yet (0.6 s). Throws EmbeddedPostgresFailed. */
export async function prepareCluster(folder: string): Promise<Cluster> {
  const account = await postgresAccount(folder);
  const binaries = await findPostgresBinaries(path.join(folder, 'lib'));
  const sockets = await socketFolder(folder, account);
  const cluster = path.join(folder, 'cluster');
  if (!(await exists(path.join(cluster, 'PG_VERSION')))) await initialise(cluster, binaries, account);
  return {
    folder: cluster,
    logFile: path.join(folder, 'postgres.log'),
    socketFolder: sockets,
    binaries,
    account,
    connectionString: (database) =>
      `postgresql://keyhaven@localhost:5432/${database}?host=${encodeURIComponent(sockets)}&sslmode=disable`,
  };
}

const systemPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** Ours is not handed on: it may hold secrets, and PG… variables that change what PostgreSQL does. */
export function postgresEnvironment(binaries: PostgresBinaries): NodeJS.ProcessEnv {
  return { PATH: systemPath, LC_ALL: 'C', ...binaries.environment };
}

// In a folder of another name first, so that a crash half-way leaves nothing that looks like a cluster.
async function initialise(
  cluster: string,
  binaries: PostgresBinaries,
  account: PostgresAccount,
): Promise<void> {
  const unfinished = `${cluster}.new`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { mode: 0o700 });
  await chmod(unfinished, 0o700);
  if (account.uid !== undefined && account.gid !== undefined)
    await chown(unfinished, account.uid, account.gid);
  const [program, ...args] = [
    ...account.prefix,
    binaries.initdb,
    '-D',
    unfinished,
    '--username=keyhaven',
    '--auth=trust',
    '--data-checksums',
    '--encoding=UTF8',
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
  ];
  try {
    await run(program, args, {
      env: postgresEnvironment(binaries),
      ...(account.uid === undefined ? {} : { uid: account.uid }),
      ...(account.gid === undefined ? {} : { gid: account.gid }),
    });
  } catch (error) {
    throw new EmbeddedPostgresFailed('not-started', `the database cannot be made: ${lastWords(error)}`);
  }
  await rename(unfinished, cluster);
  await syncFolder(path.dirname(cluster));
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** The last line a program wrote to its error output; initdb's lines hold paths and causes only. */
function lastWords(error: unknown): string {
  const text = error instanceof Error && 'stderr' in error ? String(error.stderr) : '';
  return (
    text
      .trim()
      .split('\n')
      .findLast((line) => /error|fatal|denied/i.test(line)) ?? 'initdb failed'
  );
}

async function exists(file: string): Promise<boolean> {
  return await stat(file).then(
    () => true,
    () => false,
  );
}
