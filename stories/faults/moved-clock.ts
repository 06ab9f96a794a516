/** A clock for everything in this process that can be moved on and back. `restore` when done. */
export type MovedClock = {
  readonly now: () => Date;
  readonly move: (milliseconds: number) => void;
  /** Back to the true time, or on: never before a time that was shown already. */
  readonly straighten: () => void;
  readonly restore: () => void;
};

/** The built-in identity provider asks `Date.now` itself, so that is what moves. */
export function moveableClock(): MovedClock {
  const trueNow = Date.now.bind(Date);
  let offset = 0;
  let latest = 0;
  Date.now = () => trueNow() + offset;
  return {
    now: () => new Date(Date.now()),
    move: (milliseconds) => {
      latest = Math.max(latest, offset);
      offset += milliseconds;
      latest = Math.max(latest, offset);
    },
    straighten: () => {
      offset = latest;
    },
    restore: () => {
      Date.now = trueNow;
    },
  };
}
