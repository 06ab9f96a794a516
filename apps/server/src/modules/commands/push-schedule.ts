import { hours, minutes } from '../../kernel/clock.ts';

const first = [minutes(1), minutes(5), minutes(15), minutes(60)] as const;

/**
 * Milliseconds to the next push when `count` have been sent and the Mac has not come: 1, 5, 15, 60 minutes, then hourly
 * (escrow.md, timers). `chance` in [0, 1) spreads the hourly ones by a tenth.
 */
export const untilNextPush = (count: number, chance: number): number =>
  first[count - 1] ?? hours(1) * (0.95 + chance / 10);

const putOff = [minutes(15), hours(1), hours(4)] as const;

/** The same after the Mac said NotNow for the `count`-th time: 15 minutes, 1 hour, 4 hours. */
export const untilRetry = (count: number): number =>
  putOff[Math.min(count, putOff.length) - 1] ?? minutes(15);
