import type { CommandId, DeviceId, EnrollmentId } from '../../kernel/id.ts';
import { afterCommit, type Tx } from '../../platform/db/database.ts';
import type { CommandKind, CommandState, Intent } from './command.ts';
import * as store from './commands.store.ts';
import type { Wake } from './transport.port.ts';

export type NewCommand = {
  readonly id: CommandId;
  readonly enrollment: EnrollmentId;
  readonly device: DeviceId;
  readonly kind: CommandKind;
  readonly intent: Intent;
  /** `delivered` only for a rotation that goes out in this very answer. */
  readonly state?: Extract<CommandState, 'queued' | 'delivered'>;
  /** When to wake the Mac; at once when absent. Later after a NotNow, which the Mac itself follows up. */
  readonly wakeAt?: Date;
};

/**
 * Puts a command into the Mac's queue and wakes the Mac after the commit. Should the process die between the two, the
 * push is due in the database and a timer sends it.
 */
export async function queueCommand(tx: Tx, wake: Wake, command: NewCommand, now: Date): Promise<void> {
  await store.insertCommand(tx, { ...command, state: command.state ?? 'queued' }, now);
  await store.schedulePush(tx, command.enrollment, command.wakeAt ?? now, 0);
  if (command.wakeAt === undefined) afterCommit(tx, () => wake(command.enrollment));
}
