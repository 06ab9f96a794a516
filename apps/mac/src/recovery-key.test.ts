import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { makeRecoveryKey, RECOVERY_KEY_ALPHABET } from './recovery-key.ts';

test('a recovery key has six groups of four symbols, never 0, 1, I or S', () => {
  for (let round = 0; round < 200; round += 1) {
    expect(makeRecoveryKey(randomBytes)).toMatch(/^(?:[2-9A-HJ-RT-Z]{4}-){5}[2-9A-HJ-RT-Z]{4}$/u);
  }
});

test('every symbol of the alphabet can come', () => {
  const bytes = Buffer.from(Array.from({ length: 32 }, (_unused, index) => index + 64));
  const first = makeRecoveryKey(() => bytes.subarray(0, 24)).replaceAll('-', '');
  expect(first).toBe(RECOVERY_KEY_ALPHABET.slice(0, 24));
});
