import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openssl } from '../test-support/openssl.ts';
import { BerError, child, children, octets, oidText, readElement } from './ber-reader.ts';
import { element, indefinite, integer, objectIdentifier, octetString, sequence, time } from './der-writer.ts';

function parsedByOpenssl(der: Buffer): string {
  return openssl(['asn1parse', '-inform', 'DER', '-in', 'der'], { der }).toString();
}

describe('DER', () => {
  test('of every length comes back', () => {
    for (const length of [0, 1, 127, 128, 255, 256, 65_535, 65_536, 100_000]) {
      const bytes = Buffer.alloc(length, 7);
      expect(octets(readElement(octetString(bytes)))).toEqual(bytes);
    }
  });

  test('of identifiers, integers and times is read by openssl as it was meant', () => {
    const der = sequence(
      objectIdentifier('2.16.840.1.113733.1.9.7'),
      objectIdentifier('1.2.840.113549.3.7'),
      integer(Buffer.from('00ff01', 'hex')),
      time(new Date('2026-11-22T10:00:00.123Z')),
      time(new Date('2051-01-02T03:04:05Z')),
    );
    const text = parsedByOpenssl(der);
    for (const meant of [
      '2.16.840.1.113733.1.9.7',
      'des-ede3-cbc',
      ':FF01',
      ':261122100000Z',
      ':20510102030405Z',
    ]) {
      expect(text).toContain(meant);
    }
    expect(oidText(child(readElement(der), 0))).toBe('2.16.840.1.113733.1.9.7');
  });
});

describe('BER', () => {
  test('of indefinite length and constructed strings is read', () => {
    const string = indefinite(0x24, octetString(Buffer.from('ab')), octetString(Buffer.from('c')));
    const outer = readElement(Buffer.concat([indefinite(0x30, string, integer(5)), Buffer.from('rest')]));
    expect(children(outer)).toHaveLength(2);
    expect(octets(child(outer, 0)).toString()).toBe('abc');
    expect(outer.raw.length).toBe(indefinite(0x30, string, integer(5)).length);
  });

  test.each([
    ['a length beyond the end', '3005'],
    ['a length of five bytes', '308500000000010000'],
    ['an indefinite primitive', '0480000000'],
    ['no end of contents', '3080020105'],
    ['a multi-byte tag', '1f8101'],
    ['nesting without end', '3080'.repeat(100)],
    ['nothing', ''],
  ])('with %s is refused', (_what, hex) => {
    expect(() => readElement(Buffer.from(hex, 'hex'))).toThrow(BerError);
  });

  test('that is noise is read or refused, never anything else', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (noise) => {
        try {
          const found = readElement(Buffer.from(noise));
          expect(found.raw.length).toBeLessThanOrEqual(noise.length);
        } catch (error) {
          expect(error).toBeInstanceOf(BerError);
        }
      }),
      { numRuns: 2000 },
    );
  });

  test('of a definite element does not depend on what follows', () => {
    const der = element(0x30, integer(1));
    expect(readElement(Buffer.concat([der, Buffer.from([0xff])])).raw).toEqual(der);
  });
});
