import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseId } from '../../kernel/id.ts';
import { cursorAfter, placeOf } from './notice-cursor.ts';

const place = fc.record({
  at: fc.date({ min: new Date(0), max: new Date('9999-12-31'), noInvalidDate: true }),
  id: fc.uuid().map((text) => {
    const id = parseId<'notice'>(text);
    if (id === null) throw new Error('no id');
    return id;
  }),
});

describe('a cursor of notices', () => {
  it('leads back to where the page ended', () => {
    fc.assert(
      fc.property(place, (ended) => {
        expect(placeOf(cursorAfter(ended))).toEqual(ended);
      }),
    );
  });

  it('that is not ours leads nowhere', () => {
    for (const text of ['', '.', '1', '1.2', `x.${'0'.repeat(8)}`, `-1.${crypto.randomUUID()}`])
      expect(placeOf(text)).toBeNull();
    expect(placeOf(`1.${crypto.randomUUID()}.1`)).toBeNull();
    expect(placeOf(`9999999999999999.${crypto.randomUUID()}`)).toBeNull();
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(placeOf(text)).toBeNull();
      }),
    );
  });
});
