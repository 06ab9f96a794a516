import { describe, expect, it } from 'vitest';
import { parsePlist, writePlist } from '../plist.ts';
import { chance, mutate } from './mutations.fixture.ts';
import { PlistError } from './plist-error.ts';
import { refusalOf } from './plist-refusal.fixture.ts';

const runs = Number(process.env['KEYHAVEN_FUZZ_RUNS'] ?? 10_000);
const megabytes = 1024 * 1024;

// Each fills 2 MiB with what makes careless readers recurse, backtrack or hoard.
const fill = (head: string, piece: string, tail = ''): Buffer => {
  const room = 2 * megabytes - head.length - tail.length;
  return Buffer.from(head + piece.repeat(Math.floor(room / piece.length)) + tail);
};

describe('hostile property lists', () => {
  it(`${runs} mutations are read or refused with a PlistError, and what was read can be written`, () => {
    const random = chance(20_261_122);
    let refused = 0;
    for (let run = 0; run < runs; run += 1) {
      const bytes = mutate(random);
      try {
        const value = parsePlist(bytes);
        expect(parsePlist(writePlist(value))).toEqual(value);
      } catch (error) {
        if (!(error instanceof PlistError)) throw error;
        expect(error.kind).not.toBe('unwritable');
        expect(error.offset).toBeLessThanOrEqual(bytes.length);
        refused += 1;
      }
    }
    expect(refused).toBeGreaterThan(runs / 4);
  });

  it.each([
    ['nested arrays', fill('<plist>', '<array>')],
    ['nested dicts', fill('<plist>', '<dict><key>a</key>')],
    ['many elements', fill('<plist><array>', '<true/>')],
    ['references', fill('<plist><string>', '&amp;')],
    ['refused references at the end', fill('<plist><string>', '\r\n', '&x;</string></plist>')],
    ['comments', fill('<plist>', '<!---->')],
    ['openings', fill('<plist><string>', '<')],
    ['a long tag', fill('<plist><', 'a')],
    ['blanks in a tag', fill('<plist><array', ' ')],
    ['blanks in an integer', fill('<plist><integer>1', ' ', '1</integer></plist>')],
    ['digits', fill('<plist><integer>', '9', '</integer></plist>')],
    ['digits of a real', fill('<plist><real>', '9', '</real></plist>')],
    ['blanks in the prolog', fill('<?xml ', ' ')],
    ['CDATA sections', fill('<plist><string>', '<![CDATA[]]>')],
    ['an unfinished document type', fill('<!DOCTYPE plist ', '"')],
  ])('2 MiB of %s are refused within bounded memory', (_, bytes) => {
    const before = process.memoryUsage().rss;
    expect(refusalOf(bytes)).toBeInstanceOf(PlistError);
    expect(process.memoryUsage().rss - before).toBeLessThan(256 * megabytes);
  });
});
