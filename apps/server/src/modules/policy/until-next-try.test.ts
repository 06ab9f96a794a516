import { expect, it } from 'vitest';
import { untilNextInstall, untilNextTry } from './until-next-try.ts';

const hour = 3_600_000;

it('a refused profile is tried again after 1 hour, 4 hours, then daily', () => {
  expect([1, 2, 3, 4, 50].map(untilNextTry)).toEqual([1, 4, 24, 24, 24].map((count) => count * hour));
});

it('a missing profile is put back at once the first time, and later each time after', () => {
  expect([1, 2, 3, 4, 50].map(untilNextInstall)).toEqual([0, 1, 4, 24, 24].map((count) => count * hour));
});
