import { assert, property, uint8Array } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Asn1Error } from './der/asn1-error.ts';
import { TAG } from './der/tags.ts';
import { readText } from './der/text.ts';
import { readTime, validityTime } from './der/time.ts';
import { readIntegerContent, readOctets, readOid } from './der/values.ts';
import {
  contextTag,
  integer,
  octetString,
  oid,
  printableString,
  sequence,
  set,
  tlv,
  utf8String,
} from './der/write.ts';
import { readBer } from './der.ts';

function hex(text: string): Buffer {
  return Buffer.from(text.replaceAll(' ', ''), 'hex');
}

function refusal(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    if (error instanceof Asn1Error) return `${error.kind}@${error.offset}`;
    throw error;
  }
  return 'read';
}

function nest(levels: number): Buffer {
  let node: Buffer = Buffer.alloc(0);
  for (let i = 0; i < levels; i += 1) node = sequence(node);
  return node;
}

function flat(count: number): Buffer {
  return tlv(0x30, Buffer.alloc(2 * count, hex('0500')));
}

describe('readBer', () => {
  it('reads definite and indefinite lengths to the same tree', () => {
    const definite = readBer(hex('30 05 04 03 010203'));
    const indefinite = readBer(hex('30 80 24 80 04 01 01 04 02 0203 0000 0000'));
    const octets = [definite, indefinite].map((node) => node.children.map((child) => readOctets(child)));
    expect(octets[0]).toEqual([hex('010203')]);
    expect(octets[1]).toEqual([hex('010203')]);
  });

  it('keeps the octets of an element as they stood', () => {
    const inner = hex('24 80 04 01 07 0000');
    const node = readBer(Buffer.concat([hex('30 80'), inner, hex('0000')])).children[0];
    expect(node?.raw).toEqual(inner);
    expect(node?.content).toEqual(hex('04 01 07'));
    expect(node?.offset).toBe(2);
  });

  it.each([
    ['nothing', '', 'truncated@0'],
    ['an identifier alone', '30', 'truncated@1'],
    ['content beyond the end', '04 05 0102', 'truncated@1'],
    ['a child beyond its parent', '30 03 04 05 0102030405', 'truncated@3'],
    ['a length of 2^31', '04 84 80000000', 'truncated@1'],
    ['a length of five octets', '04 85 0000000001 00', 'bad-length@1'],
    ['an indefinite primitive', '04 80 0000', 'bad-length@1'],
    ['no end of contents', '30 80 04 01 01', 'truncated@5'],
    ['a stray end of contents', '30 02 0000', 'bad-tag@2'],
    ['a tag number above 30', '1f 20 00', 'bad-tag@0'],
    ['a constructed INTEGER', '22 03 020101', 'bad-tag@0'],
    ['a primitive SEQUENCE', '10 00', 'bad-tag@0'],
    ['octets after the element', '05 00 00', 'trailing-bytes@2'],
  ])('refuses %s', (_, bytes, kind) => {
    expect(refusal(() => readBer(hex(bytes)))).toBe(kind);
  });

  it('refuses nesting below 32 levels, definite or not', () => {
    expect(refusal(() => readBer(nest(32)))).toBe('read');
    expect(refusal(() => readBer(nest(33)))).toBe('too-deep@64');
    expect(refusal(() => readBer(Buffer.alloc(100_000, hex('3080'))))).toBe('too-deep@64');
  });

  it('refuses more than 20,000 elements and more than 2 MiB', () => {
    expect(refusal(() => readBer(flat(19_999)))).toBe('read');
    expect(refusal(() => readBer(flat(20_000)))).toMatch(/^too-many-nodes/);
    expect(refusal(() => readBer(Buffer.alloc(2 * 1024 * 1024 + 1)))).toMatch(/^too-large/);
  });

  it('answers any octets with a tree or an Asn1Error', () => {
    assert(
      property(uint8Array({ maxLength: 200 }), (bytes) => {
        const answer = refusal(() => readBer(bytes));
        expect(answer).toMatch(/^(read|[a-z-]+@\d+)$/);
      }),
    );
  });
});

describe('writing', () => {
  it('is read back as it was written, at every length', () => {
    for (const length of [0, 1, 127, 128, 255, 256, 65_535, 65_536, 1_000_000]) {
      const node = readBer(octetString(Buffer.alloc(length, 7)));
      expect(readOctets(node)).toHaveLength(length);
      expect(node.hasDerLength).toBe(true);
    }
  });

  it('knows a length that DER would write shorter', () => {
    expect(readBer(hex('04 81 01 07')).hasDerLength).toBe(false);
    expect(readBer(hex('30 80 0000')).hasDerLength).toBe(false);
  });

  it('orders a SET OF by its encodings', () => {
    expect(set(integer(9), integer(2))).toEqual(set(integer(2), integer(9)));
  });

  it('writes integers in their shortest positive form', () => {
    expect(integer(0)).toEqual(hex('02 01 00'));
    expect(integer(200)).toEqual(hex('02 02 00c8'));
    expect(integer(hex('0000ff'))).toEqual(hex('02 02 00ff'));
    expect(() => integer(256)).toThrow(RangeError);
  });

  it('keeps explicit tags apart from what they hold', () => {
    expect(contextTag(3, integer(1))).toEqual(hex('a3 03 02 01 01'));
  });

  it.each(['1.2.840.113549.1.1.1', '2.16.840.1.101.3.4.2.1', '2.5.29.37', '0.9.2342.19200300.100.1.1'])(
    'brings the identifier %s back',
    (dotted) => {
      expect(readOid(readBer(oid(dotted)))).toBe(dotted);
    },
  );

  it('reads a first octet group of several octets', () => {
    expect(readOid(readBer(hex('06 03 883701')))).toBe('2.999.1');
  });
});

describe('values', () => {
  it('refuses identifiers and integers with needless octets', () => {
    for (const bytes of ['06 00', '06 02 2a80', '06 03 2a8001', '02 00', '02 02 0001', '02 02 ff80']) {
      const node = readBer(hex(bytes));
      const read = node.tag === TAG.OID ? readOid : readIntegerContent;
      expect(refusal(() => read(node))).toBe('bad-value@0');
    }
  });

  it('reads text by its type and refuses broken UTF-8', () => {
    expect(readText(readBer(utf8String('Schlüssel')))).toBe('Schlüssel');
    expect(readText(readBer(printableString('a=b')))).toBe('a=b');
    expect(readText(readBer(hex('16 01 41')))).toBe('A');
    expect(readText(readBer(hex('14 01 e4')))).toBe('ä');
    expect(() => printableString('a_b')).toThrow(RangeError);
    expect(refusal(() => readText(readBer(hex('0c 02 c328'))))).toBe('bad-value@0');
    expect(refusal(() => readText(readBer(hex('04 01 41'))))).toBe('unexpected@0');
  });

  it.each(['1950-01-01T00:00:00Z', '2026-11-20T12:34:56Z', '2049-12-31T23:59:59Z', '2050-01-01T00:00:00Z'])(
    'brings the time %s back',
    (text) => {
      expect(readTime(readBer(validityTime(new Date(text))))).toEqual(new Date(text));
    },
  );

  it.each(['260230000000Z', '261120250000Z', '261120126000Z', '2611201200Z', '261120120000+0100'])(
    'refuses the time %s',
    (text) => {
      expect(refusal(() => readTime(readBer(tlv(TAG.UTC_TIME, Buffer.from(text)))))).toBe('bad-value@0');
    },
  );
});
