import { minutes } from '../../kernel/clock.ts';
import type { Command } from './command.ts';

/**
 * Whether the Mac itself is on the line: it has just answered, for the first time, a question with a new CommandUUID.
 * An Idle carries no time and no nonce; a captured one could be sent again by anybody (reference/apple-mdm.md 3.4).
 */
export type Presence = 'proved' | 'unproved';
const freshFor = minutes(5);

/** Whether an answer to it proves presence at this moment. */
export const isFresh = (command: Command, now: Date): boolean =>
  command.deliveredAt !== null && now.getTime() - command.deliveredAt.getTime() < freshFor;

/** Whether it goes out to nobody but a Mac that has proved its presence. */
export const asksForPresence = (command: Command): boolean => command.intent['presence'] === 'required';

/** Whether it may go out to whoever says Idle. */
export const isPlain = (command: Command): boolean =>
  !asksForPresence(command) && command.kind !== 'RotateFileVaultKey';
