const RealDate = globalThis.Date;

/** The clock of this process, which a story can move on; everything in it goes by the same time. */
export type MovedClock = {
  /** How far it is ahead, in milliseconds. */
  readonly ahead: () => number;
  readonly moveOn: (milliseconds: number) => void;
  readonly restore: () => void;
};

/** Puts the clock in the place of the real one. Timers are left alone: they run in real time. */
export function moveClock(): MovedClock {
  let ahead = 0;
  class MovedDate extends RealDate {
    constructor(...given: readonly unknown[]) {
      // Safe because whatever a caller may give to Date is handed on as it came.
      const parts = (given.length === 0 ? [RealDate.now() + ahead] : given) as ConstructorParameters<
        typeof Date
      >;
      super(...parts);
    }
    static override now(): number {
      return RealDate.now() + ahead;
    }
  }
  // Safe because it is a Date in everything but the hour; only the call without `new` is missing.
  globalThis.Date = MovedDate as DateConstructor;
  return {
    ahead: () => ahead,
    moveOn: (milliseconds) => {
      ahead += milliseconds;
    },
    restore: () => {
      globalThis.Date = RealDate;
    },
  };
}
