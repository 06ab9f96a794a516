import { minutes } from '../../kernel/clock.ts';
import type { Command } from './command.ts';

/**
 * Whether the Mac itself is on the line: it has just answered, for the first time, a question with a new CommandUUID that
 * went out once.
 * An Idle carries no time and no nonce; a captured one could be sent again by anybody (reference/apple-mdm.md 3.4).
 */
export type Presence = 'proved' | 'unproved';
const freshFor = minutes(5);

/**
 * Whether the first answer to it proves presence at this moment. Of a command that has gone out more than once nobody
 * knows to which delivery the answer belongs: it may have been captured on its way long ago.
 */
export const provesPresence = (command: Command, now: Date): boolean =>
  command.deliveryCount === 1 &&
  command.deliveredAt !== null &&
  now.getTime() - command.deliveredAt.getTime() < freshFor;

/** Whether it goes out to nobody but a Mac that has proved its presence. */
export const asksForPresence = (command: Command): boolean => command.intent['presence'] === 'required';

/** Whether it may go out to whoever says Idle. */
export const isPlain = (command: Command): boolean =>
  !asksForPresence(command) && command.kind !== 'RotateFileVaultKey';
