import { expect, test } from 'vitest';
import { spellOut } from './spell-out.ts';

test('a key is spelled out group by group', () => {
  expect(spellOut('ABCD-2345-EFGH-6789-TUVW-XYZ2')).toEqual([
    ['alpha', 'bravo', 'charlie', 'delta'],
    ['two', 'three', 'four', 'five'],
    ['echo', 'foxtrot', 'golf', 'hotel'],
    ['six', 'seven', 'eight', 'nine'],
    ['tango', 'uniform', 'victor', 'whiskey'],
    ['x-ray', 'yankee', 'zulu', 'two'],
  ]);
});

test('every letter and digit has a word of its own', () => {
  const [words = []] = spellOut('ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789');
  expect(new Set(words).size).toBe(36);
  expect(words.every((word) => word.length > 2)).toBe(true);
});
