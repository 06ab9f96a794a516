import { problemCodes } from '@keyhaven/api-contract/problem';
import { pushCertificate } from '@keyhaven/api-contract/push-certificate';
import { expect, test } from 'vitest';
import { enSettings } from './en/settings.ts';
import { isPushRefusal, pushTone, pushWarningOf } from './push-words.ts';

const valid = {
  state: 'valid',
  topic: 'com.apple.mgmt.External.1',
  daysLeft: 200,
  refusedByApple: null,
} as const;

test('each state of the push certificate and each source has words, and a lasting one is the only good one', () => {
  const states = pushCertificate.shape.state.options;
  for (const state of states) expect(enSettings.push.state[state]).not.toBe('');
  for (const source of pushCertificate.shape.source.options)
    expect(enSettings.push.source[source]).not.toBe('');
  expect(states.filter((state) => pushTone(state) === 'good')).toEqual(['valid']);
});

test('each refusal of a push certificate says what to do', () => {
  const refusals = problemCodes.filter(
    (code) => code.startsWith('push-') && code !== 'push-certificate-missing',
  );
  expect(refusals.filter((code) => !isPushRefusal(code))).toEqual([]);
  for (const sentence of Object.values(enSettings.push.refusal))
    expect(sentence).toMatch(/\b(Choose|Type|Run|Renew|Check|Select|Paste)\b/);
  expect(isPushRefusal('internal-error')).toBe(false);
});

test('the console warns in the last month, once it is over, and while nobody can enroll', () => {
  expect(pushWarningOf(valid)).toBeNull();
  expect(pushWarningOf({ ...valid, state: 'expires-soon', daysLeft: 31 })).toBeNull();
  expect(pushWarningOf({ ...valid, state: 'expires-soon', daysLeft: 30 })).toBe('soon');
  expect(pushWarningOf({ ...valid, state: 'expires-soon', daysLeft: 0 })).toBe('today');
  expect(pushWarningOf({ ...valid, state: 'expired', daysLeft: -1 })).toBe('expired');
  expect(pushWarningOf({ ...valid, refusedByApple: 'BadCertificate' })).toBe('refused');
  expect(pushWarningOf({ ...valid, state: 'missing', topic: null, daysLeft: null })).toBe('missing');
});

test('it does not warn of a missing certificate where Macs enroll without one', () => {
  expect(pushWarningOf({ ...valid, state: 'missing', daysLeft: null })).toBeNull();
});
