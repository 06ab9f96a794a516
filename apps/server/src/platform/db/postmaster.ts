import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { open, readFile, stat } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import { type Cluster, postgresEnvironment } from './cluster.ts';
import { EmbeddedPostgresFailed } from './embedded-failure.ts';

/** One run of PostgreSQL. */
export type Postmaster = {
  readonly pid: number;
  /** Settles when the process has ended, for whatever reason. */
  readonly ended: Promise<void>;
  stop(): Promise<void>;
};

const START_BUDGET_MS = 10_000;
const RECOVERY_BUDGET_MS = 300_000;
const STOP_BUDGET_MS = 20_000;
const LOG_LIMIT_BYTES = 4 * 1024 * 1024;

/**
 * Starts PostgreSQL and waits until it answers, with the database `keyhaven` made. A start that fails is
 * tried again for 10 s: after a crash the processes of the one before may still hold its shared memory.
 * Throws EmbeddedPostgresFailed with the last line PostgreSQL wrote.
 */
export async function startPostmaster(cluster: Cluster): Promise<Postmaster> {
  const deadline = Date.now() + START_BUDGET_MS;
  for (;;) {
    const child = await spawnPostgres(cluster);
    if (await answers(cluster, child)) return running(child);
    if (Date.now() > deadline)
      throw new EmbeddedPostgresFailed(
        'not-started',
        `the database does not start: ${await lastLine(cluster.logFile)}`,
      );
    await pause(200);
  }
}

async function spawnPostgres(cluster: Cluster): Promise<ChildProcess> {
  const size = await stat(cluster.logFile).then(
    (status) => status.size,
    () => 0,
  );
  // A file and no pipe: PostgreSQL must never wait for us to read.
  const output = await open(cluster.logFile, size > LOG_LIMIT_BYTES ? 'w' : 'a', 0o600);
  const [program = '', ...args] = [
    ...cluster.account.prefix,
    cluster.binaries.postgres,
    '-D',
    cluster.folder,
    ...settings(cluster).flatMap((setting) => ['-c', setting]),
  ];
  try {
    const child = spawn(program, args, {
      // Its own session: a Ctrl-C in the terminal is for us, who then stop it in order.
      detached: true,
      stdio: ['ignore', output.fd, output.fd],
      env: postgresEnvironment(cluster.binaries),
      ...(cluster.account.uid === undefined ? {} : { uid: cluster.account.uid }),
      ...(cluster.account.gid === undefined ? {} : { gid: cluster.account.gid }),
    });
    await once(child, 'spawn');
    return child;
  } finally {
    await output.close();
  }
}

/** Nothing here weakens durability. Its log gets no statements, no details and no values. */
function settings(cluster: Cluster): readonly string[] {
  return [
    'listen_addresses=',
    `unix_socket_directories=${cluster.socketFolder}`,
    'unix_socket_permissions=0700',
    'port=5432',
    'max_connections=100',
    'timezone=UTC',
    'log_timezone=UTC',
    'log_statement=none',
    'log_error_verbosity=terse',
    'log_min_error_statement=panic',
    'log_parameter_max_length_on_error=0',
    'log_checkpoints=off',
  ];
}

/** True once it accepts connections; false when it has ended instead. Recovery may take minutes. */
async function answers(cluster: Cluster, child: ChildProcess): Promise<boolean> {
  const deadline = Date.now() + RECOVERY_BUDGET_MS;
  while (!hasEnded(child) && Date.now() < deadline) {
    const client = new Client({ connectionString: cluster.connectionString('postgres') });
    // A server that ends while we are connected is noticed by the query that fails.
    client.on('error', () => {});
    try {
      await client.connect();
      const found = await client.query("select 1 from pg_database where datname = 'keyhaven'");
      if (found.rowCount === 0) await client.query('create database keyhaven');
      return true;
    } catch {
      await pause(15);
    } finally {
      await client.end().catch(() => {});
    }
  }
  if (!hasEnded(child)) await stopped(child);
  return false;
}

function running(child: ChildProcess): Postmaster {
  const ended = endOf(child);
  // Our own end waits for stop(), not for the child.
  child.unref();
  return { pid: child.pid ?? 0, ended, stop: async () => await stopped(child) };
}

async function endOf(child: ChildProcess): Promise<void> {
  if (!hasEnded(child)) await once(child, 'exit');
}

async function stopped(child: ChildProcess): Promise<void> {
  child.ref();
  for (const [signal, budget] of [['SIGINT', STOP_BUDGET_MS] as const, ['SIGQUIT', 5000] as const]) {
    if (hasEnded(child)) return;
    const exit = once(child, 'exit');
    child.kill(signal);
    if (await Promise.race([exit.then(() => true), pause(budget, false, { ref: false })])) return;
  }
  child.kill('SIGKILL');
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

async function lastLine(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch(() => '');
  const line =
    text
      .trim()
      .split('\n')
      .findLast((each) => /FATAL|PANIC|error/.test(each)) ?? 'no reason given';
  return line.replace(/^.*?(FATAL|PANIC): +/, '');
}
