import { assert, double, nat, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clockFindings, readingOf } from './clock-findings.ts';

const at = (ms: number): Date => new Date(1_800_000_000_000 + ms);
/** A clock that is `ahead`, asked over a way of 200 ms. */
const judge = (ahead: number) =>
  clockFindings([
    readingOf('the database', at(100 + ahead), { asked: at(0), answered: at(200), precisionMs: 1 }),
  ]);

describe('a clock elsewhere', () => {
  it.each([
    [0, 'ok'],
    [5000, 'ok'],
    [-5000, 'ok'],
    [5200, 'warning'],
    [-5200, 'warning'],
    [60_000, 'warning'],
    [-60_000, 'warning'],
    [60_200, 'failed'],
    [-60_200, 'failed'],
  ])('that is %d ms ahead: %s', (ahead, state) => {
    expect(judge(ahead)).toMatchObject([{ state }]);
  });

  it('says which of the two goes before', () => {
    expect(judge(90_000)).toMatchObject([{ found: expect.stringContaining('is 90 s behind that of') }]);
    expect(judge(-90_000)).toMatchObject([{ found: expect.stringContaining('is 90 s ahead of that of') }]);
  });

  it('that is the same is never blamed, however long the way and coarse the date', () => {
    assert(
      property(nat(120_000), double({ min: 0, max: 1, noNaN: true }), (wayMs, share) => {
        const theirs = at(Math.floor((wayMs * share) / 1000) * 1000);
        const reading = readingOf('it', theirs, { asked: at(0), answered: at(wayMs), precisionMs: 1000 });
        expect(clockFindings([reading])).toMatchObject([{ state: 'ok' }]);
      }),
    );
  });

  it('that nobody tells is a warning', () => {
    expect(clockFindings([])).toMatchObject([{ state: 'warning' }]);
  });
});
