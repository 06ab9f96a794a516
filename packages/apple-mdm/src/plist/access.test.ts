import { describe, expect, it } from 'vitest';
import {
  arrayAt,
  booleanAt,
  dataAt,
  dateAt,
  dictAt,
  dictOf,
  dictsAt,
  integerAt,
  stringAt,
  valueAt,
} from './access.ts';

const now = new Date(0);
const dict = {
  s: 'text',
  b: true,
  i: 5n,
  d: now,
  data: new Uint8Array([1, 2]),
  dict: { a: 1n },
  list: [{}, 'x', { a: 2n }],
};

describe('a member', () => {
  it('is answered by the reader of its type', () => {
    expect(stringAt(dict, 's')).toBe('text');
    expect(booleanAt(dict, 'b')).toBe(true);
    expect(integerAt(dict, 'i')).toBe(5n);
    expect(dateAt(dict, 'd')).toBe(now);
    expect(dataAt(dict, 'data')).toEqual(Buffer.from([1, 2]));
    expect(dictAt(dict, 'dict')).toEqual({ a: 1n });
    expect(arrayAt(dict, 'list')).toHaveLength(3);
    expect(dictsAt(dict, 'list')).toEqual([{}, { a: 2n }]);
  });

  it.each(Object.keys(dict))('%s is undefined to every reader of another type', (key) => {
    const readers = [stringAt, booleanAt, integerAt, dateAt, dataAt, dictAt, arrayAt];
    expect(readers.filter((read) => read(dict, key) !== undefined)).toHaveLength(1);
  });

  it('of Object’s prototype is none', () => {
    expect(valueAt({}, 'constructor')).toBeUndefined();
    expect(dictAt({}, '__proto__')).toBeUndefined();
  });

  it('data is a view of the same bytes', () => {
    const bytes = new Uint8Array([0, 1, 2, 3]).subarray(1, 3);
    expect(dataAt({ bytes }, 'bytes')).toEqual(Buffer.from([1, 2]));
    expect(dataAt({ bytes }, 'bytes')?.buffer).toBe(bytes.buffer);
  });

  it.each([['text'], [[]], [now], [new Uint8Array()], [undefined]])('%s is no dict', (value) => {
    expect(dictOf(value)).toBeUndefined();
  });
});
