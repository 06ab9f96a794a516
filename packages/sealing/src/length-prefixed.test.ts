import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lengthPrefixed } from './length-prefixed.ts';

const parts = fc.array(fc.string({ unit: fc.constantFrom('a', 'b', '\0', '\u0001', 'é', '😀') }), {
  maxLength: 4,
});

describe('the encoding of bound parts', () => {
  it('is the same for the same parts only', () => {
    fc.assert(
      fc.property(parts, parts, (a, b) => {
        expect(lengthPrefixed(a).equals(lengthPrefixed(b))).toBe(JSON.stringify(a) === JSON.stringify(b));
      }),
      { numRuns: 2000 },
    );
  });

  it('moves no letter from one part to the next unnoticed', () => {
    expect(lengthPrefixed(['ab', 'c']).equals(lengthPrefixed(['a', 'bc']))).toBe(false);
    expect(lengthPrefixed(['ab', '']).equals(lengthPrefixed(['', 'ab']))).toBe(false);
    expect(lengthPrefixed(['ab']).equals(lengthPrefixed(['ab', '']))).toBe(false);
  });

  it('has these bytes', () => {
    expect(lengthPrefixed(['é', Buffer.of(7)]).toString('hex')).toBe('00000002c3a90000000107');
  });

  it('refuses text that UTF-8 cannot tell from other text', () => {
    expect(() => lengthPrefixed(['\ud800'])).toThrow(TypeError);
  });
});
