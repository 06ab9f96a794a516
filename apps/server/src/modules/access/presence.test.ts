import { describe, expect, it } from 'vitest';
import { believedPresence, isFreshAt } from './presence.ts';

const now = new Date('2026-11-20T12:00:00Z');
const at = (seconds: number): Date => new Date(now.getTime() + seconds * 1000);

describe('a proof of presence', () => {
  it.each([
    [0, true],
    [-300, true],
    [-301, false],
    [-3600, false],
    [60, true],
    [61, false],
  ])('given %i seconds from now is fresh: %s', (seconds, fresh) => {
    expect(isFreshAt(at(seconds), now)).toBe(fresh);
  });

  it('that was never given is not fresh', () => {
    expect(isFreshAt(null, now)).toBe(false);
  });
});

describe('what the identity provider says about it', () => {
  const believed = (authTime: Date | null, fresh: boolean, askedAt = at(-20)): Date | null =>
    believedPresence({ authTime, fresh, askedAt }, now);

  it('is believed as it is where nothing fresh was asked', () => {
    expect(believed(at(-7200), false)).toEqual(at(-7200));
  });

  it('is nothing where it says nothing, asked or not', () => {
    expect(believed(null, true)).toBeNull();
    expect(believed(null, false)).toBeNull();
  });

  it('is nothing where a fresh proof was asked and an old one came', () => {
    expect(believed(at(-80), true)).toEqual(at(-80));
    expect(believed(at(-81), true)).toBeNull();
  });

  it('is nothing where it lies in the future, and no later than now where clocks differ a little', () => {
    expect(believed(at(61), true)).toBeNull();
    expect(believed(at(61), false)).toBeNull();
    expect(believed(at(59), true)).toEqual(now);
    expect(believed(new Date(Number.NaN), false)).toBeNull();
  });
});
