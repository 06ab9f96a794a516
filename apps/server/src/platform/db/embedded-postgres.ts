import { mkdir, realpath } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type Log, silentLog } from '../log/log.ts';
import { prepareCluster } from './cluster.ts';
import { EmbeddedPostgresFailed } from './embedded-failure.ts';
import { type FolderLock, lockFolder } from './folder-lock.ts';
import { endOrphanedPostgres } from './orphaned-postgres.ts';
import { type Postmaster, startPostmaster } from './postmaster.ts';

/** The running database. */
export type EmbeddedPostgres = {
  /** For openDatabase; the same over restarts. */
  readonly connectionString: string;
  /** The process number of PostgreSQL as it is now; another one after it was restarted. */
  pid(): number;
  /** Ends PostgreSQL cleanly (fast shutdown with a checkpoint) and frees the folder. */
  stop(): Promise<void>;
};

export type EmbeddedPostgresOptions = {
  /** Where the database lives; made when missing. Nobody else may work in it. */
  readonly folder: string;
  readonly log?: Log;
};

const RESTART_PAUSE_MS = 2000;

/**
 * Starts PostgreSQL in `folder` and keeps it running: it dies with us, comes back when it is killed, and
 * listens on a unix socket only. Durability settings are PostgreSQL's defaults. Throws
 * EmbeddedPostgresFailed, with a sentence for the person who started us.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const log = options.log ?? silentLog;
  await mkdir(options.folder, { recursive: true, mode: 0o700 });
  const folder = await realpath(options.folder);
  const lock = await lockFolder(folder);
  try {
    return await supervise(folder, lock, log);
  } catch (error) {
    await lock.release();
    throw error;
  }
}

async function supervise(folder: string, lock: FolderLock, log: Log): Promise<EmbeddedPostgres> {
  const orphan = await endOrphanedPostgres(path.join(folder, 'cluster'));
  if (orphan !== null) log.warn('ended a database left by a killed server', { pid: orphan });
  const cluster = await prepareCluster(folder);
  let postmaster = await startPostmaster(cluster);
  log.info('database started', { pid: postmaster.pid });
  let stopping = false;

  const watch = async (): Promise<void> => {
    for (;;) {
      await postmaster.ended;
      if (stopping) return;
      log.error('database ended by itself and is restarted', { pid: postmaster.pid });
      postmaster = await startAgain();
    }
  };
  const startAgain = async (): Promise<Postmaster> => {
    for (;;) {
      try {
        const started = await startPostmaster(cluster);
        log.info('database started', { pid: started.pid });
        return started;
      } catch (error) {
        if (stopping || !(error instanceof EmbeddedPostgresFailed)) throw error;
        log.error('database does not start', { error });
        await pause(RESTART_PAUSE_MS);
      }
    }
  };
  const watching = watch().catch((error: unknown) => {
    if (!stopping) log.error('database supervision ended', { error });
  });
  const end = async (): Promise<void> => {
    stopping = true;
    // A restart may be under way: what it starts is ended as well.
    while (!(await settledWithin(watching, 0))) {
      await postmaster.stop();
      await settledWithin(watching, 100);
    }
    await lock.release();
  };
  let ending: Promise<void> | undefined;
  return {
    connectionString: cluster.connectionString('keyhaven'),
    pid: () => postmaster.pid,
    stop: async () => await (ending ??= end()),
  };
}

async function settledWithin(promise: Promise<void>, ms: number): Promise<boolean> {
  return await Promise.race([promise.then(() => true), pause(ms, false)]);
}
