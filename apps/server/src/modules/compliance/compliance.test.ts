import { recoveryKeyState } from '@keyhaven/api-contract/device';
import { describe, expect, it } from 'vitest';
import { after, days, minutes } from '../../kernel/clock.ts';
import { type AccessFacts, judgeAccess } from './compliance.ts';

const now = new Date('2026-11-22T12:00:00Z');
const policy = { gracePeriodDays: 14 };
const good: AccessFacts = {
  enrolled: true,
  hasLeft: false,
  enrolledAt: after(now, -days(100)),
  encrypted: true,
  recoveryKey: 'current',
  proved: true,
  doubtfulSince: null,
};

const keyReasons = {
  none: 'recovery-key-not-stored',
  candidate: 'recovery-key-not-proved',
  unproven: 'recovery-key-not-proved',
  uncertain: 'recovery-key-uncertain',
} as const;

/** Every combination of what there is to know. */
const combinations = recoveryKeyState.options.flatMap((recoveryKey) =>
  [true, false].flatMap((proved) =>
    [
      { enrolled: true, hasLeft: false },
      { enrolled: false, hasLeft: false },
      { enrolled: false, hasLeft: true },
    ].flatMap((enrollment) =>
      [true, false, null].flatMap((encrypted) =>
        [1, 100].flatMap((enrolledDays) =>
          [null, 2, 50].map((doubtfulDays) => ({
            facts: {
              recoveryKey,
              proved,
              ...enrollment,
              encrypted,
              enrolledAt: after(now, -days(enrolledDays)),
              doubtfulSince: doubtfulDays === null ? null : after(now, -days(doubtfulDays)),
            },
            began: Math.min(enrolledDays, doubtfulDays ?? enrolledDays),
          })),
        ),
      ),
    ),
  ),
);

describe('access', () => {
  it('is judged in every combination of facts', () => {
    expect(combinations).toHaveLength(5 * 2 * 3 * 3 * 2 * 3);
    for (const { facts, began } of combinations) {
      const expected = [
        ...(facts.enrolled ? [] : ['not-enrolled']),
        ...(facts.encrypted === null ? ['encryption-unknown'] : []),
        ...(facts.encrypted === false ? ['not-encrypted'] : []),
        ...(facts.recoveryKey === 'current'
          ? facts.proved
            ? []
            : ['recovery-key-not-proved']
          : [keyReasons[facts.recoveryKey]]),
      ];
      const verdict = judgeAccess(facts, policy, now);
      expect(verdict.reasons).toEqual(expected);
      if (expected.length === 0) {
        expect(verdict).toMatchObject({ state: 'can-access', until: null });
      } else if (!facts.hasLeft && began < policy.gracePeriodDays) {
        expect(verdict).toMatchObject({ state: 'grace', until: after(now, days(14 - began)) });
      } else {
        expect(verdict).toMatchObject({ state: 'blocked', until: null });
      }
    }
  });

  it('ends to the millisecond when the grace period does', () => {
    const facts = { ...good, recoveryKey: 'none', enrolledAt: now } as const;
    const end = after(now, days(14));
    expect(judgeAccess(facts, policy, after(end, -1)).state).toBe('grace');
    expect(judgeAccess(facts, policy, end).state).toBe('blocked');
  });

  it('of a policy without a grace period is blocked at once', () => {
    const facts = { ...good, recoveryKey: 'none', enrolledAt: after(now, -minutes(1)) } as const;
    expect(judgeAccess(facts, { gracePeriodDays: 0 }, now).state).toBe('blocked');
  });
});
