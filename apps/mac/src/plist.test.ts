import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type PlistValue, parsePlist, writePlist } from './plist.ts';
import { readWithPython } from './test-support/openssl.ts';

const text = fc.string({ unit: 'grapheme' }).filter((value) => !/[\p{Cc}\uFFFE\uFFFF]/u.test(value));
const { value: anyValue } = fc.letrec<{ value: PlistValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    text,
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n }),
    fc.boolean(),
    fc.uint8Array().map((bytes) => Buffer.from(bytes)),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(text, tie('value'), { maxKeys: 4 }),
  ),
}));

describe('a property list', () => {
  test('comes back as it was written', () => {
    fc.assert(
      fc.property(anyValue, (value) => {
        expect(parsePlist(writePlist(value))).toEqual(value);
      }),
    );
  });

  test("is read by Python's plistlib", () => {
    const value = { a: 'ä & <b>', n: 12n, yes: true, bytes: Buffer.from([1, 2]), list: ['x', 3.5], d: {} };
    expect(readWithPython(writePlist(value))).toEqual({
      a: 'ä & <b>',
      n: 12,
      yes: true,
      bytes: '0102',
      list: ['x', 3.5],
      d: {},
    });
  });

  test.each([
    ['not XML', 'hello'],
    ['a key twice', '<plist><dict><key>a</key><true/><key>a</key><true/></dict></plist>'],
    ['an unknown entity', '<plist><string>&boom;</string></plist>'],
    ['a DTD subset', '<!DOCTYPE plist [<!ENTITY a "b">]><plist><string>&a;</string></plist>'],
    ['an open end', '<plist><dict><key>a</key>'],
    ['deep nesting', `<plist>${'<array>'.repeat(100)}${'</array>'.repeat(100)}</plist>`],
  ])('that is no property list is refused: %s', (_what, written) => {
    expect(() => parsePlist(Buffer.from(written))).toThrow();
  });
});
