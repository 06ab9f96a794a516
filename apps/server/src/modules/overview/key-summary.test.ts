import { describe, expect, it } from 'vitest';
import { attemptStates } from '../escrow/attempt.ts';
import { summarizeKey } from './key-summary.ts';
import { seenAttempt, seenKey } from './seen-mac.fixture.ts';

const current = seenKey('current', 3);
const older = seenKey('unproven', 2);
const newer = seenKey('unproven', 4);
const candidate = seenKey('candidate', 5);

describe('the state of a key', () => {
  it('is none without one, and for a candidate that nobody is trying any more', () => {
    expect(summarizeKey({ keys: [], attempt: null })).toEqual({
      state: 'none',
      key: null,
      doubtfulSince: null,
    });
    expect(summarizeKey({ keys: [candidate], attempt: seenAttempt('failed') }).state).toBe('none');
    expect(summarizeKey({ keys: [], attempt: seenAttempt('waiting') }).state).toBe('none');
  });

  it('is candidate while one is tried and nothing else is held', () => {
    const attempt = seenAttempt('waiting');
    expect(summarizeKey({ keys: [candidate], attempt })).toMatchObject({
      state: 'candidate',
      key: candidate,
    });
    expect(summarizeKey({ keys: [current, candidate], attempt })).toMatchObject({
      state: 'current',
      key: current,
    });
    expect(summarizeKey({ keys: [older, candidate], attempt })).toMatchObject({
      state: 'unproven',
      key: older,
    });
  });

  it('is current until the Mac’s escrow copy says something newer', () => {
    expect(summarizeKey({ keys: [current, older], attempt: null })).toMatchObject({
      state: 'current',
      key: current,
      doubtfulSince: null,
    });
    expect(summarizeKey({ keys: [current, newer], attempt: null })).toMatchObject({
      state: 'unproven',
      key: newer,
      doubtfulSince: newer.storedAt,
    });
  });

  it('that never was certain did not become doubtful', () => {
    expect(summarizeKey({ keys: [newer], attempt: null }).doubtfulSince).toBeNull();
    expect(summarizeKey({ keys: [candidate], attempt: seenAttempt('uncertain') }).doubtfulSince).toBeNull();
  });

  it('is uncertain while the Mac may have rotated unheard, and only then', () => {
    const states = attemptStates.filter(
      (state) => summarizeKey({ keys: [current, newer], attempt: seenAttempt(state) }).state === 'uncertain',
    );
    expect(states).toEqual(['uncertain', 'redelivered', 'stuck']);
    const attempt = seenAttempt('uncertain');
    expect(summarizeKey({ keys: [current, newer, candidate], attempt })).toMatchObject({
      key: current,
      doubtfulSince: attempt.deliveredAt,
    });
    expect(summarizeKey({ keys: [newer, candidate], attempt }).key).toBe(newer);
    expect(summarizeKey({ keys: [candidate], attempt }).key).toBe(candidate);
  });
});
