/**
 * Marks an error class whose message may be logged: it is a fixed sentence with kinds, positions and
 * names of ours, and never holds input. A package that must not import this room uses the same
 * `Symbol.for('keyhaven.safe-to-log')`.
 */
export const safeToLog: unique symbol = Symbol.for('keyhaven.safe-to-log');

/** A fault of ours, with a message fit for the log. */
export class SafeError extends Error {
  override readonly name: string = 'SafeError';
  readonly [safeToLog] = true;
}

/** True for an error that carries the mark. */
export function isSafeToLog(error: Error): boolean {
  return safeToLog in error && error[safeToLog] === true;
}
