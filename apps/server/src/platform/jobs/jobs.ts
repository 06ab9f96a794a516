import { fromKysely, PgBoss } from 'pg-boss';
import { afterCommit, type Database, type Tx } from '../db/database.ts';
import { describeError } from '../log/describe-error.ts';
import { type Log, silentLog } from '../log/log.ts';
import type { JobDefinition, QueueSettings } from './define-job.ts';
import { type Recurring, startRecurring } from './recurring.ts';
import { holdWaitingJob, JOB_SCHEMA } from './waiting-job.store.ts';

/** When a job is to run, and what it stands for. */
export type SendOptions = {
  /** Not before then. */
  readonly startAfter?: Date;
  /** Only with `oneWaitingPerKey`: while one waits under this key, sending another changes nothing. */
  readonly singletonKey?: string;
};

/** What a handler gets beside its input. `signal` is aborted when the try expired or we are stopping. */
export type JobContext = { readonly jobId: string; readonly signal: AbortSignal };

/** The queue: jobs are rows of the same database, written in the caller's transaction. */
export type Jobs = {
  /** Connects, and makes or migrates the tables of the queue; several processes may do so at once. */
  start(): Promise<void>;
  /** Takes no more jobs and waits up to 20 s for those under way; what is cut off comes back later. */
  stop(): Promise<void>;
  /** Writes the job: there once `tx` commits, gone when it does not. Wakes our workers after the commit. */
  send<Input extends object>(
    tx: Tx,
    job: JobDefinition<Input>,
    input: Input,
    options?: SendOptions,
  ): Promise<void>;
  /**
   * Works on jobs of this kind in this process. A handler may run again after it finished (its process was
   * killed, its try expired), so doing it twice must equal doing it once.
   */
  work<Input extends object>(
    job: JobDefinition<Input>,
    handler: (input: Input, context: JobContext) => Promise<void>,
  ): Promise<void>;
  /** Runs `handler` every `seconds`, in one process at a time (see recurring.ts). Stopped with the rest. */
  every(name: string, seconds: number, handler: () => Promise<void>): Recurring;
};

export type JobsOptions = {
  readonly connectionString: string;
  /** Ours, for the locks of what recurs. */
  readonly database: Database;
  readonly log?: Log;
  /** How often lost jobs are looked for, seconds ≥ 1; default 30. */
  readonly superviseIntervalSeconds?: number;
};

// A worker that is alive says so every 15 s; after twice that in silence its job goes to another.
const HEARTBEAT_SECONDS = 30;
// Only jobs of other processes and delayed ones wait for it; those sent here wake their worker.
const POLLING_SECONDS = 1;

/** Prepares the queue; `start()` opens it. */
export function openJobs(options: JobsOptions): Jobs {
  const log = options.log ?? silentLog;
  const boss = openBoss(options, log);
  const queues = new Map<string, Promise<void>>();
  const workers = new Map<string, string[]>();
  const recurring: Recurring[] = [];
  const ready = async (job: QueueSettings): Promise<void> => {
    const known = queues.get(job.name);
    if (known !== undefined) return await known;
    const made = ensureQueue(boss, job);
    queues.set(job.name, made);
    // A queue that could not be made is tried again by the next.
    made.catch(() => queues.delete(job.name));
    return await made;
  };
  const wake = (name: string): void => {
    for (const worker of workers.get(name) ?? []) boss.notifyWorker(worker);
  };

  return {
    async start() {
      await boss.start();
    },
    async stop() {
      await Promise.all(recurring.map(async (each) => await each.stop()));
      await boss.stop({ graceful: true, timeout: 20_000, close: true });
    },
    async send(tx, job, input, sendOptions = {}) {
      await ready(job);
      await insert(boss, tx, job, job.input.parse(input), sendOptions);
      if (sendOptions.startAfter === undefined) afterCommit(tx, () => wake(job.name));
    },
    async work(job, handler) {
      await ready(job);
      for (let worker = 0; worker < job.concurrency; worker += 1)
        workers.set(job.name, [...(workers.get(job.name) ?? []), await startWorker(boss, job, handler, log)]);
    },
    every(name, seconds, handler) {
      const started = startRecurring({ name, seconds, handler, database: options.database, log });
      recurring.push(started);
      return started;
    },
  };
}

function openBoss(options: JobsOptions, log: Log): PgBoss {
  const interval = options.superviseIntervalSeconds ?? 30;
  const boss = new PgBoss({
    connectionString: options.connectionString,
    application_name: 'keyhaven-jobs',
    schema: JOB_SCHEMA,
    max: 4,
    schedule: false,
    superviseIntervalSeconds: interval,
    monitorIntervalSeconds: interval,
    maintenanceIntervalSeconds: 600,
  });
  boss.on('error', (error) => log.warn('job queue has an error', { error }));
  return boss;
}

async function ensureQueue(boss: PgBoss, job: QueueSettings): Promise<void> {
  const policy = {
    retryLimit: job.retryLimit,
    retryDelay: job.retryDelaySeconds,
    retryBackoff: true,
    retryDelayMax: 3600,
    expireInSeconds: job.expireInSeconds,
    heartbeatSeconds: HEARTBEAT_SECONDS,
  };
  await boss.createQueue(job.name, { policy: job.oneWaitingPerKey ? 'short' : 'standard', ...policy });
  // It may stand since an earlier version, with other numbers.
  await boss.updateQueue(job.name, policy);
}

async function insert(
  boss: PgBoss,
  tx: Tx,
  job: QueueSettings,
  input: object,
  { startAfter, singletonKey }: SendOptions,
): Promise<void> {
  if (job.oneWaitingPerKey !== (singletonKey !== undefined))
    throw new Error(`job ${job.name} ${job.oneWaitingPerKey ? 'needs a' : 'takes no'} singletonKey`);
  for (;;) {
    const id = await boss.send(job.name, input, {
      ...(startAfter === undefined ? {} : { startAfter }),
      ...(singletonKey === undefined ? {} : { singletonKey }),
      db: fromKysely(tx),
    });
    if (id !== null || singletonKey === undefined) return;
    // One waits already. It stands for ours only if it starts after our commit.
    if (await holdWaitingJob(tx, job.name, singletonKey)) return;
  }
}

async function startWorker<Input extends object>(
  boss: PgBoss,
  job: JobDefinition<Input>,
  handler: (input: Input, context: JobContext) => Promise<void>,
  log: Log,
): Promise<string> {
  return await boss.work(
    job.name,
    { batchSize: 1, pollingIntervalSeconds: POLLING_SECONDS },
    async (batch) => {
      for (const { id, data, signal } of batch) {
        try {
          await handler(job.input.parse(data), { jobId: id, signal });
        } catch (error) {
          log.error('job failed', { job: job.name, jobId: id, error });
          throw withoutContent(error);
        }
      }
    },
  );
}

// The queue keeps what was thrown in the job's row: so that is a name and a code, and no text of others.
function withoutContent(error: unknown): Error {
  const { name, code } = describeError(error);
  const bare = new Error(code === undefined ? name : `${name} ${code}`);
  delete bare.stack;
  return bare;
}
