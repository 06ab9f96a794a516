import { type KeyPair, realSurroundings, type Surroundings } from '../surroundings.ts';

/** Timers run when the test says so, and the two key pairs of a process serve every Mac of a test. */
export type TestSurroundings = Surroundings & {
  /** Runs what is due; answers whether anything was. */
  readonly fireTimers: () => boolean;
};

const pairs: Promise<KeyPair>[] = [];

export function testSurroundings(): TestSurroundings {
  let timers: (() => void)[] = [];
  let asked = 0;
  return {
    ...realSurroundings,
    after: (_milliseconds, run) => {
      timers.push(run);
      return () => {
        timers = timers.filter((timer) => timer !== run);
      };
    },
    makeKeyPair: (bits) => {
      // Request key and throw-away signer alternate.
      const index = asked++ % 2;
      pairs[index] ??= realSurroundings.makeKeyPair(bits);
      return pairs[index];
    },
    fireTimers: () => {
      const due = timers;
      timers = [];
      for (const timer of due) timer();
      return due.length > 0;
    },
  };
}
