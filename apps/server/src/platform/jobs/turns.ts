/** Runs what it is given, now or when its turn comes, first come first served; settles as the work does. */
export type Turns = (work: () => Promise<void>) => Promise<void>;

/** At most so many, an integer ≥ 1, at a time. */
export function takingTurns(most: number): Turns {
  const waiting: (() => void)[] = [];
  let free = most;
  return async (work) => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) free += 1;
      else next();
    }
  };
}
