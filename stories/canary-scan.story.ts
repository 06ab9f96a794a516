import { expect, test } from 'vitest';
import { leakForms, scanForKeys } from './canary-scan.ts';

const key = '2345-6789-ABCD-EFGH-JKLM-NPQR';
const other = '9999-6789-ABCD-EFGH-JKLM-NPQR';
const bare = key.replaceAll('-', '');
const around = (text: string): Buffer => Buffer.from(`{"before":"${text}","after":1}`);

const leaks: readonly (readonly [string, Buffer])[] = [
  ['plain', around(key)],
  ['without hyphens', around(bare)],
  ['with spaces', around(key.replaceAll('-', ' '))],
  ['in lower case', around(key.toLowerCase())],
  ['in hex', around(Buffer.from(key).toString('hex'))],
  ['in hex capitals', around(Buffer.from(bare).toString('hex').toUpperCase())],
  ['URL-encoded', around(encodeURIComponent(key.replaceAll('-', ' ')))],
  ['with escaped hyphens', around(key.replaceAll('-', '%2D'))],
  ['in UTF-16LE', Buffer.concat([Buffer.from('xyz'), Buffer.from(key, 'utf16le')])],
  [
    'escaped throughout',
    around(
      Array.from(key)
        .map((one) => `\\u00${one.charCodeAt(0).toString(16)}`)
        .join(''),
    ),
  ],
  ...[0, 1, 2, 3, 4].map(
    (before) =>
      [
        `in base64 after ${before} bytes`,
        around(Buffer.from(`${'x'.repeat(before)}${key}${'y'.repeat(before)}`).toString('base64')),
      ] as const,
  ),
  ['in base64url without hyphens', around(Buffer.from(`a${bare}`).toString('base64url'))],
];

test.each(leaks)('a key %s is found', (_form, bytes) => {
  expect(scanForKeys(bytes, [other, key]).length).toBeGreaterThan(0);
  expect(scanForKeys(bytes, [other, key]).every((found) => found.startsWith('key 1: '))).toBe(true);
});

test('what holds no key is passed', () => {
  expect(scanForKeys(around(other), [key])).toEqual([]);
  expect(scanForKeys(Buffer.from(Buffer.from(other).toString('base64')), [key])).toEqual([]);
});

test('no form of a key is so short that it would be found everywhere', () => {
  expect(Math.min(...leakForms(key).map(({ bytes }) => bytes.length))).toBeGreaterThanOrEqual(24);
});

test('what is found is told without the key', () => {
  expect(scanForKeys(around(key), [key]).join()).not.toContain('2345');
});
