/** Time comes in from outside. */
export type Clock = { readonly now: () => Date };

export const systemClock: Clock = { now: () => new Date() };

export const minutes = (count: number): number => count * 60_000;
export const hours = (count: number): number => count * 3_600_000;
export const days = (count: number): number => count * 86_400_000;

/** The instant `milliseconds` after `from`. */
export const after = (from: Date, milliseconds: number): Date => new Date(from.getTime() + milliseconds);
