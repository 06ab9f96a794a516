import { expect, it } from 'vitest';
import { numberFrom, seed } from './figures.ts';
import { runFuzz } from './fuzz-run.ts';

const runs = numberFrom('KEYHAVEN_FUZZ_RUNS', 1_000_000);

it(`${runs} mutated messages bring no 5xx, no growth, and the next store works`, async () => {
  const { statuses, grownMebibytes, keyStillTrue } = await runFuzz(runs, seed() + 1_000_000_000);
  expect(Object.keys(statuses).filter((name) => !/ (?:200|400|410|413|431)$/u.test(name))).toEqual([]);
  expect(grownMebibytes).toBeLessThan(300);
  expect(keyStillTrue).toBe(true);
});
