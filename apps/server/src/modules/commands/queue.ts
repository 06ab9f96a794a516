import { after, days, minutes } from '../../kernel/clock.ts';
import type { CommandId, DeviceId, EnrollmentId } from '../../kernel/id.ts';
import { afterCommit, type Database, type Tx } from '../../platform/db/database.ts';
import type { Command, CommandKind, Intent } from './command.ts';
import * as store from './commands.store.ts';
import * as pushes from './pushes.store.ts';
import type { Wake } from './transport.port.ts';

export type NewCommand = {
  readonly id: CommandId;
  readonly enrollment: EnrollmentId;
  readonly device: DeviceId;
  readonly kind: CommandKind;
  readonly intent: Intent;
  /** When to wake the Mac; at once when absent. Later after a NotNow, which the Mac itself follows up. */
  readonly wakeAt?: Date;
};

/**
 * Puts a command into the Mac's queue and wakes the Mac after the commit. Should the process die between the two, the
 * push is due in the database and a timer sends it.
 */
export async function queueCommand(tx: Tx, wake: Wake, command: NewCommand, now: Date): Promise<void> {
  await store.insertCommand(tx, { ...command, state: 'queued' }, now);
  await pushes.schedulePush(tx, command.enrollment, command.wakeAt ?? now, 0);
  if (command.wakeAt === undefined) afterCommit(tx, () => wake(command.enrollment));
}

/** Puts on record a command that goes out in the very reply that is being made. The Mac is woken if it goes silent. */
export async function deliverNow(tx: Tx, command: Omit<NewCommand, 'wakeAt'>, now: Date): Promise<void> {
  await store.insertCommand(tx, { ...command, state: 'queued' }, now);
  await recordDelivery(tx, command.id, command.enrollment, now);
}

/** The same for a command that goes out once more, under the same CommandUUID. */
export async function recordDelivery(
  tx: Tx,
  command: CommandId,
  enrollment: EnrollmentId,
  now: Date,
): Promise<void> {
  await store.markDelivered(tx, command, now);
  await pushes.schedulePush(tx, enrollment, after(now, minutes(1)), 1);
}

/** Nothing of an ended generation goes out any more. */
export const cancelQueue = (tx: Tx, enrollment: EnrollmentId): Promise<void> =>
  store.cancelWaiting(tx, enrollment);

/** Takes back a command that the Mac has not had, or whose answer is lost. */
export const cancelCommand = (tx: Tx, command: Command): Promise<void> =>
  store.changeState(tx, command.id, command.state, 'cancelled');

/** Expects no answer to this command any more, if none has come. */
export const withdrawCommand = (tx: Tx, command: CommandId): Promise<void> =>
  store.cancelCommand(tx, command);

/** Makes every Mac with something waiting due for a push: once, when the server starts. */
export const pushWaiting = (database: Database, now: Date): Promise<void> =>
  pushes.makeWaitingDue(database, now);

/** A Mac that wakes in a drawer after this long runs nothing stale (reference/apple-mdm.md 4.3). */
const commandsLast = days(30);

/** Takes back what no Mac took in 30 days, and wakes nobody for it any more; returns how many. */
export async function expireCommands(database: Database, now: Date): Promise<number> {
  const expired = await store.cancelOlderThan(database, after(now, -commandsLast));
  for (const enrollment of new Set(expired)) await pushes.stopPushing(database, enrollment);
  return expired.length;
}
