import type { Clock } from '../../kernel/clock.ts';
import { randomIds } from '../../kernel/id.ts';
import type { Runner } from '../../kernel/verb.ts';
import { type Database, type Tx, transaction } from '../../platform/db/database.ts';
import { recordNotes } from '../audit/audit.ts';

/** Our clock, ahead of the machine's by as much as a test says. */
export type ShiftedClock = Clock & { advance(milliseconds: number): void };

export function shiftedClock(): ShiftedClock {
  let ahead = 0;
  return {
    now: () => new Date(Date.now() + ahead),
    advance: (milliseconds) => {
      ahead += milliseconds;
    },
  };
}

export const runnerOn = (database: Database, clock: Clock): Runner<Tx> => ({
  clock,
  ids: randomIds,
  transaction: (body) => transaction(database, body),
  recordNotes,
});
