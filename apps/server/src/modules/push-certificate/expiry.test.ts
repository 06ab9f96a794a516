import { assert, integer, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { days, hours } from '../../kernel/clock.ts';
import { daysLeft, dueWarnings, stateOf, warningWords } from './expiry.ts';

const notAfter = new Date('2027-03-01T12:00:00Z');
const certificate = { notAfter };
const before = (milliseconds: number): Date => new Date(notAfter.getTime() - milliseconds);

it.each([
  [days(61), 'valid', [], 61],
  [days(60), 'expires-soon', [60], 60],
  [days(30) + 1, 'expires-soon', [60], 30],
  [days(30), 'expires-soon', [30, 60], 30],
  [days(14), 'expires-soon', [14, 30, 60], 14],
  [days(7), 'expires-soon', [7, 14, 30, 60], 7],
  [days(1), 'expires-soon', [1, 7, 14, 30, 60], 1],
  [0, 'expires-soon', [1, 7, 14, 30, 60], 0],
  [-1, 'expired', [0, 1, 7, 14, 30, 60], -1],
] as const)('%d ms before the end it is %s', (left, state, due, count) => {
  const now = before(left);
  expect([stateOf(certificate, now), dueWarnings(certificate, now), daysLeft(certificate, now)]).toEqual([
    state,
    due,
    count,
  ]);
});

it('without a certificate it is missing', () => {
  expect(stateOf(null, notAfter)).toBe('missing');
});

describe('as time goes on', () => {
  it('a warning that is due stays due, and the most pressing comes first', () => {
    const moment = integer({ min: -days(90), max: days(90) });
    assert(
      property(moment, moment, (one, other) => {
        const [early, late] = [Math.max(one, other), Math.min(one, other)].map((left) =>
          dueWarnings(certificate, before(left)),
        );
        expect(late).toEqual(expect.arrayContaining([...(early ?? [])]));
        expect(late).toEqual(late?.toSorted((a, b) => a - b));
      }),
    );
  });
});

it('the sentence names the date, and says what to do', () => {
  const renew = 'Renew it at identity.apple.com with Renew, not Create; then no Mac has to enroll again.';
  expect([days(14), days(1), hours(3), -1].map((left) => warningWords(certificate, before(left)))).toEqual([
    `The push certificate expires on 2027-03-01, in 14 days. ${renew}`,
    `The push certificate expires on 2027-03-01, in 1 day. ${renew}`,
    `The push certificate expires on 2027-03-01, within a day. ${renew}`,
    `The push certificate expired on 2027-03-01: no Mac can be pushed any more. ${renew}`,
  ]);
});
