import { days, hours } from '../../kernel/clock.ts';

const waits = [hours(1), hours(4), days(1)] as const;

/** Milliseconds until a profile that was refused `setbacks` times (from 1 on) is tried again: 1 h, 4 h, then daily. */
export const untilNextTry = (setbacks: number): number => waits[setbacks - 1] ?? days(1);

/** The same for one that went missing: at once the first time, then as above, or two tools would undo each other for ever. */
export const untilNextInstall = (setbacks: number): number =>
  setbacks <= 1 ? 0 : untilNextTry(setbacks - 1);
