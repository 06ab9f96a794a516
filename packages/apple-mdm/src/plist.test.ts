import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { refusalOf } from './plist/plist-refusal.fixture.ts';
import type { PlistValue } from './plist/value.ts';
import { parsePlist, writePlist } from './plist.ts';

const doctype =
  '<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">';
const plist = (body: string): Buffer => Buffer.from(`<plist version="1.0">${body}</plist>`);
const nested = (depth: number) => plist('<array>'.repeat(depth) + '</array>'.repeat(depth));
const many = (count: number) => plist(`<array>${'<true/>'.repeat(count - 1)}</array>`);

describe('what is read', () => {
  it.each<[string, string, PlistValue]>([
    ['a string keeps its white space', '<string>  a\n\tb </string>', '  a\n\tb '],
    ['an empty string', '<string/>', ''],
    ['an integer beyond 2^53 keeps every digit', '<integer>9007199254740993</integer>', 9007199254740993n],
    ['the greatest unsigned integer', '<integer>18446744073709551615</integer>', 18446744073709551615n],
    ['the least signed integer', '<integer> -9223372036854775808\n</integer>', -9223372036854775808n],
    ['a real', '<real>-1.25e2</real>', -125],
    ['true', '<true/>', true],
    ['false in two tags', '<false></false>', false],
    ['a date', '<date>2026-11-22T10:00:00Z</date>', new Date('2026-11-22T10:00:00Z')],
    ['data over several lines', '<data>\n\tYXBw\n\tbGU=\n</data>', Buffer.from('apple')],
    ['empty data', '<data></data>', Buffer.alloc(0)],
    ['an empty array', '<array/>', []],
    [
      'predefined and numeric references',
      '<string>&lt;&amp;&gt;&quot;&apos;&#65;&#x1F600;</string>',
      `<&>"'A😀`,
    ],
    ['a carriage return only where it is referenced', '<string>a\r\nb\rc&#13;</string>', 'a\nb\nc\r'],
    ['CDATA as it stands', '<string>a<![CDATA[<&amp;>]]>b</string>', 'a<&amp;>b'],
    ['comments as nothing', '<!-- a --><string>a<!-- <b> & -->b</string><!---->', 'ab'],
  ])('%s', (_, body, value) => {
    expect(parsePlist(plist(body))).toStrictEqual(value);
  });

  it('a dict has no prototype, so __proto__ is a key like any other', () => {
    const value = parsePlist(plist('<dict><key>__proto__</key><dict><key>a</key><true/></dict></dict>'));
    expect(Object.getPrototypeOf(value)).toBeNull();
    expect(Object.keys(value)).toEqual(['__proto__']);
    expect('a' in Object.prototype).toBe(false);
  });

  it.each([
    ['a byte order mark', '\ufeff<?xml version="1.0" encoding="UTF-8"?>'],
    ["Apple's document type", `<?xml version="1.0" encoding="utf-8"?>\n<!-- c -->${doctype}\n`],
    ['no prolog', ''],
    ['the older public identifier', doctype.replace('Apple//', 'Apple Computer//')],
    ['single quotes', `<?xml version='1.0' standalone='no' ?>${doctype.replaceAll('"', "'")}`],
  ])('%s is taken', (_, prolog) => {
    expect(parsePlist(Buffer.from(`${prolog}<plist version="1.0"><true/></plist>\n<!-- end -->\n`))).toBe(
      true,
    );
  });

  it('32 levels are taken and 33 are not', () => {
    expect(parsePlist(nested(32))).toBeInstanceOf(Array);
    expect(refusalOf(nested(33)).kind).toBe('too-deep');
  });

  it('50,000 nodes are taken and one more is not', () => {
    expect(parsePlist(many(50_000))).toHaveLength(49_999);
    expect(refusalOf(many(50_001)).kind).toBe('too-many-nodes');
  });

  it('keys count as nodes', () => {
    expect(refusalOf(plist('<dict><key>a</key><true/></dict>'), { maxNodes: 2 }).kind).toBe('too-many-nodes');
    expect(parsePlist(plist('<dict><key>a</key><true/></dict>'), { maxNodes: 3 })).toEqual({ a: true });
  });

  it('a body over the byte limit is refused unread', () => {
    expect(refusalOf(Buffer.alloc(2 * 1024 * 1024 + 1, 0xff)).kind).toBe('too-large');
  });
});

const anyText = fc.string({ unit: 'grapheme-ascii' });
const scalars: fc.Arbitrary<PlistValue> = fc.oneof(
  anyText,
  fc.constantFrom('\r\n', 'a\rb', ' <>&"\' ', ']]>', '\u00a0', '😀', ''),
  fc.boolean(),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n }),
  fc.double({ noNaN: true, noDefaultInfinity: true }).filter((value) => !Number.isSafeInteger(value)),
  fc
    .date({
      noInvalidDate: true,
      min: new Date('0001-01-01T00:00:00Z'),
      max: new Date('9999-12-31T23:59:59Z'),
    })
    .map((date) => new Date(Math.floor(date.getTime() / 1000) * 1000)),
  fc.uint8Array().map((bytes) => Buffer.from(bytes)),
);
const { tree } = fc.letrec<{ tree: PlistValue }>((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    scalars,
    fc.array(tie('tree'), { maxLength: 5 }),
    fc.dictionary(fc.oneof(anyText, fc.constantFrom('__proto__', 'constructor')), tie('tree'), {
      maxKeys: 5,
      noNullPrototype: false,
    }),
  ),
}));

describe('what is written', () => {
  it('is read back as it was', () => {
    fc.assert(
      fc.property(tree, (value) => {
        expect(parsePlist(writePlist(value))).toEqual(value);
      }),
      { numRuns: 1000 },
    );
  });

  it('an integral number is an integer, any other a real', () => {
    expect(parsePlist(writePlist([1, 1.5, 2 ** 60]))).toEqual([1n, 1.5, 2 ** 60]);
  });

  it.each<[string, PlistValue]>([
    ['a control character', 'a\u0000b'],
    ['a lone surrogate', '\ud800'],
    ['not a number', Number.NaN],
    ['infinity', Number.POSITIVE_INFINITY],
    ['an integer beyond 64 bits', 2n ** 64n],
    ['an invalid date', new Date(Number.NaN)],
    ['a date after the year 9999', new Date('+010000-01-01T00:00:00Z')],
    ['33 levels', Array.from({ length: 33 }).reduce<PlistValue>((inner) => [inner], true)],
  ])('%s is refused', (_, value) => {
    expect(() => writePlist({ a: value })).toThrow('property list refused: unwritable at byte 0');
  });
});
