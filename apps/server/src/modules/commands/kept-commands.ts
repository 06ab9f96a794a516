import type { Clock } from '../../kernel/clock.ts';
import type { CommandId, EnrollmentId, Ids } from '../../kernel/id.ts';
import { type Database, transaction } from '../../platform/db/database.ts';
import type { Command, CommandKind } from './command.ts';
import * as store from './commands.store.ts';
import type { CommandHandler } from './commands.ts';
import * as pushes from './pushes.store.ts';

/** What a transport that keeps commands can say of one, beside the Mac's answer. Each may be said again. */
export type KeptCommands = {
  /** The command, if it was this generation's. */
  readonly find: (command: CommandId, enrollment: EnrollmentId) => Promise<Command | null>;
  /** Nobody can tell whether the other server has it. It is handed over again, under the same CommandUUID. */
  readonly notTaken: (command: Command) => Promise<void>;
  /** The other server had it before and does not take it twice. */
  readonly notRepeated: (command: Command) => Promise<void>;
  /** The other server will never take it. */
  readonly refused: (command: Command) => Promise<void>;
  /** Its answer is lost: what it was for is asked again, under a new CommandUUID. */
  readonly overtaken: (command: Command) => Promise<void>;
};

export function createKeptCommands(context: {
  readonly database: Database;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly handlers: Readonly<Record<CommandKind, CommandHandler>>;
}): KeptCommands {
  const { database, clock, ids, handlers } = context;

  /** A rotation holds a key: it never goes back to the queue. The Mac may have it, for all we know. */
  async function notTaken(command: Command): Promise<void> {
    if (command.kind === 'RotateFileVaultKey') await handlers[command.kind].onLost?.(command);
    else await store.changeState(database, command.id, 'delivered', 'queued');
  }

  async function overtaken(command: Command): Promise<void> {
    const { id, enrollment, device, kind, intent } = command;
    const { onLost } = handlers[kind];
    if (onLost !== undefined) return onLost(command);
    const now = clock.now();
    await transaction(database, async (tx) => {
      await store.changeState(tx, id, command.state, 'cancelled');
      const again = { id: ids.next<'command'>(), enrollment, device, kind, intent, state: 'queued' } as const;
      await store.insertCommand(tx, again, now);
      await pushes.schedulePush(tx, enrollment, now, 0);
    });
  }

  return {
    find: (command, enrollment) => store.findCommand(database, command, enrollment),
    notTaken,
    notRepeated: async (command) => handlers[command.kind].onNotRepeated?.(command),
    refused: (command) => store.changeState(database, command.id, 'delivered', 'cancelled'),
    overtaken,
  };
}
