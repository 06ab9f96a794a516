import type { Database } from '../db/database.ts';
import type { Log } from '../log/log.ts';
import { withNamedLock } from './named-lock.store.ts';
import type { Turns } from './turns.ts';

/** Something that runs at intervals, in one process at a time. */
export type Recurring = {
  /** Runs it soon: now, or once more when it is running. For news after a commit; it may get lost. */
  wake(): void;
  /** Ends it; waits for a run under way. */
  stop(): Promise<void>;
};

export type RecurringOptions = {
  /** `room.what-it-does`; the name of the lock that all processes share. */
  readonly name: string;
  readonly seconds: number;
  readonly handler: () => Promise<void>;
  readonly database: Database;
  /**
   * Shared by all that recurs in this process: a run keeps one connection for its lock and works on another, so that as
   * many runs as there are connections would wait for each other. Default: each at once.
   */
  readonly turns?: Turns;
  readonly log: Log;
};

const atOnce: Turns = (work) => work();

/**
 * Runs the handler now and then every `seconds`. Each process tries; the one that gets the advisory lock
 * runs it, the others pass. Two may overlap only when the lock's connection breaks in the middle of a run,
 * so a handler still writes by compare-and-swap. What it throws is logged, and the next run comes.
 */
export function startRecurring(options: RecurringOptions): Recurring {
  const state = { stopped: false, again: false };
  const turns = options.turns ?? atOnce;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;

  const run = async (): Promise<void> => {
    do {
      state.again = false;
      await turns(async () => {
        if (!state.stopped) await runOnce(options);
      });
    } while (state.again && !state.stopped);
    running = undefined;
    if (!state.stopped) timer = setTimeout(begin, options.seconds * 1000);
  };
  const begin = (): void => {
    clearTimeout(timer);
    running = run();
  };
  begin();
  return {
    wake() {
      if (state.stopped) return;
      if (running === undefined) begin();
      else state.again = true;
    },
    async stop() {
      state.stopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}

async function runOnce({ name, handler, database, log }: RecurringOptions): Promise<void> {
  try {
    await withNamedLock(database, `keyhaven.every.${name}`, handler);
  } catch (error) {
    log.error('recurring job failed', { job: name, error });
  }
}
