import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findFault, lookAlikes, regroup, sameKey, significant } from './key-text.ts';

const key = 'ABCD-2345-EFGH-6789-TUVW-XYZ2';

describe('grouping', () => {
  test('a key typed without hyphens is grouped by four in capitals', () => {
    expect(regroup('abcd2345efgh6789tuvwxyz2', 24)).toEqual({ text: key, caret: 29 });
  });

  test('spaces, dashes of every kind and invisible breaks count for nothing', () => {
    for (const mark of [' ', '-', '–', '—', '‑', '−', '\u00a0', '\u200b', '\n', '\t'])
      expect(regroup(key.replaceAll('-', mark), 0).text).toBe(key);
  });

  test('no hyphen appears before the first character of the next group', () => {
    expect(regroup('ABCD', 4)).toEqual({ text: 'ABCD', caret: 4 });
    expect(regroup('ABCDE', 5)).toEqual({ text: 'ABCD-E', caret: 6 });
  });

  test('the caret stays behind the character it was behind', () => {
    expect(regroup('ABXCD-2345', 3)).toEqual({ text: 'ABXC-D234-5', caret: 3 });
    expect(regroup('ABCDX-2345', 5)).toEqual({ text: 'ABCD-X234-5', caret: 6 });
  });

  test('a backspace at a hyphen moves the caret before it and loses nothing', () => {
    expect(regroup('ABCDE', 4)).toEqual({ text: 'ABCD-E', caret: 4 });
  });

  test('letters outside ASCII stay as they were typed', () => {
    expect(regroup('ßıé', 3).text).toBe('ßıé');
    expect(regroup('ＡＢ', 2).text).toBe('ＡＢ');
  });

  test('grouping what is grouped changes nothing', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (raw) => {
        const once = regroup(raw, raw.length);
        expect(regroup(once.text, once.caret)).toEqual(once);
      }),
    );
  });

  test('grouping keeps every character that counts, before the caret and after it', () => {
    fc.assert(
      fc.property(fc.string(), fc.nat(), (raw, at) => {
        const caret = at % (raw.length + 1);
        const grouped = regroup(raw, caret);
        expect(significant(grouped.text)).toBe(significant(raw));
        expect(significant(grouped.text.slice(0, grouped.caret))).toBe(significant(raw.slice(0, caret)));
      }),
    );
  });
});

describe('faults', () => {
  test('a whole key has none, however it is written', () => {
    expect(findFault(key)).toBeNull();
    expect(findFault(' abcd 2345 efgh 6789 tuvw xyz2 ')).toBeNull();
  });

  test('an empty box, a short and a long key are told apart with their count', () => {
    expect(findFault(' - ')).toEqual({ kind: 'empty' });
    expect(findFault(key.slice(0, -1))).toEqual({ kind: 'too-short', count: 23 });
    expect(findFault(`${key}A`)).toEqual({ kind: 'too-long', count: 25 });
  });

  test('a letter outside ASCII is a wrong character even where a capital would be inside', () => {
    expect(findFault(key.replace('A', 'Ａ'))).toEqual({ kind: 'bad-character', character: 'Ａ' });
    expect(findFault(key.replace('Z', 'ſ'))).toEqual({ kind: 'bad-character', character: 'ſ' });
    expect(findFault(key.replace('2', '_'))).toEqual({ kind: 'bad-character', character: '_' });
  });

  test('look-alikes are pointed out and are no fault', () => {
    const odd = 'A0CD-2345-EFGH-67I9-TU1W-XYS0';
    expect(lookAlikes(odd)).toEqual(['0', 'I', '1', 'S']);
    expect(findFault(odd)).toBeNull();
    expect(lookAlikes(key)).toEqual([]);
  });

  test('two keys are the same whatever their hyphens and case', () => {
    expect(sameKey(key, 'abcd2345efgh6789tuvwxyz2')).toBe(true);
    expect(sameKey(key, key.replace('A', 'B'))).toBe(false);
  });
});
