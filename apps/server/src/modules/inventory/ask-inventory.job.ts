import { after, type Clock } from '../../kernel/clock.ts';
import type { Ids } from '../../kernel/id.ts';
import { type Database, type Tx, transaction } from '../../platform/db/database.ts';
import type { CommandKind } from '../commands/command.ts';
import { queueCommand } from '../commands/queue.ts';
import type { Wake } from '../commands/transport.port.ts';
import * as store from './inventory.store.ts';
import { untilNextDay } from './inventory.ts';

export type AskContext = {
  readonly database: Database;
  readonly wake: Wake;
  readonly clock: Clock;
  readonly ids: Ids;
  /** In [0, 1). */
  readonly chance: () => number;
};

const batch = 100;
/** After a long standstill everything is due at once; the rest has the next run. */
const mostBatches = 20;

const questions: Readonly<Record<store.Reason, readonly CommandKind[]>> = {
  daily: ['DeviceInformation', 'SecurityInfo', 'ProfileList'],
  'profile-2': ['SecurityInfo'],
  'profile-10': ['SecurityInfo'],
  'profile-60': ['SecurityInfo'],
};

/** Asks every Mac whose time has come; returns how many questions were due. Safe in any number of processes. */
export async function askInventory(context: AskContext): Promise<number> {
  let asked = 0;
  for (let count = 0; count < mostBatches; count += 1) {
    const now = context.clock.now();
    const taken = await transaction(context.database, async (tx) => {
      const due = await store.takeDue(tx, now, batch);
      for (const each of due) await ask(context, tx, each, now);
      return due.length;
    });
    asked += taken;
    if (taken < batch) break;
  }
  return asked;
}

async function ask(context: AskContext, tx: Tx, due: store.Due, now: Date): Promise<void> {
  const { enrollment, device, reason } = due;
  if (due.live && reason === 'daily') {
    await store.schedule(tx, enrollment, reason, after(now, untilNextDay(context.chance())));
  } else {
    await store.unschedule(tx, enrollment, reason);
  }
  if (!due.live || device === null) return;
  for (const kind of questions[reason]) {
    const id = context.ids.next<'command'>();
    await queueCommand(tx, context.wake, { id, device, enrollment, kind, intent: {} }, now);
  }
}
