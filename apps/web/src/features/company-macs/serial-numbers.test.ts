import { serialNumber, serialNumbersBody } from '@keyhaven/api-contract/corporate-identifier';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { inParts, readSerialNumbers } from './serial-numbers.ts';

test('a list may come from a table, a mail or a text, and each serial number counts once', () => {
  const { good, bad } = readSerialNumbers('c02xk1zzjhd3, FVFXC2ABCD12;\r\n\tC02XK1ZZJHD3  GXYZ0123456\n');
  expect(good).toEqual(['C02XK1ZZJHD3', 'FVFXC2ABCD12', 'GXYZ0123456']);
  expect(bad).toEqual([]);
});

test('what is no serial number is named as it was written', () => {
  expect(readSerialNumbers('short C02XK1ZZJHD3 wíth-äccents')).toEqual({
    good: ['C02XK1ZZJHD3'],
    bad: ['short', 'wíth-äccents'],
  });
});

test('every word is good or bad by the word of the contract, and none is lost', () => {
  const word = fc.string({
    unit: fc.constantFrom('a', 'Z', '0', '9', '-', 'ß', 'ı', 'ﬀ'),
    minLength: 1,
    maxLength: 24,
  });
  fc.assert(
    fc.property(fc.array(word), (words) => {
      const { good, bad } = readSerialNumbers(words.join('\n'));
      expect(bad).toEqual(words.filter((each) => !serialNumber.safeParse(each).success));
      expect(new Set(good)).toEqual(
        new Set(words.flatMap((each) => serialNumber.safeParse(each).data ?? [])),
      );
    }),
  );
});

test('a long list goes in parts that the server takes, in order', () => {
  const many = Array.from({ length: 4001 }, (_, count) => `SERIAL${String(count).padStart(6, '0')}`);
  const parts = inParts(many);
  expect(parts.map(({ length }) => length)).toEqual([2000, 2000, 1]);
  expect(parts.flat()).toEqual(many);
  for (const part of parts) expect(serialNumbersBody.safeParse({ serialNumbers: part }).success).toBe(true);
  expect(inParts([])).toEqual([]);
});
