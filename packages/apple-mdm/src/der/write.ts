import { contextual, TAG } from './tags.ts';

const CONSTRUCTED = 0x20;

/** One DER element: identifier, shortest definite length, content (X.690 10.1). */
export function tlv(identifier: number, ...content: readonly Uint8Array[]): Buffer {
  const length = content.reduce((sum, part) => sum + part.length, 0);
  return Buffer.concat([Buffer.from([identifier, ...lengthOctets(length)]), ...content]);
}

function lengthOctets(length: number): readonly number[] {
  if (length < 0x80) return [length];
  const octets: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) octets.unshift(rest % 256);
  return [0x80 | octets.length, ...octets];
}

export function sequence(...elements: readonly Uint8Array[]): Buffer {
  return tlv(TAG.SEQUENCE | CONSTRUCTED, ...elements);
}

/** SET OF: elements in ascending order of their encodings (X.690 11.6). */
export function set(...elements: readonly Uint8Array[]): Buffer {
  return tlv(TAG.SET | CONSTRUCTED, ...elements.toSorted((a, b) => Buffer.compare(a, b)));
}

/** A constructed [number]: explicit when given whole elements, implicit when given the content of one. */
export function contextTag(number: number, ...content: readonly Uint8Array[]): Buffer {
  return tlv(contextual(number) | CONSTRUCTED, ...content);
}

/** An implicit [number] over a primitive type. */
export function contextPrimitive(number: number, content: Uint8Array): Buffer {
  return tlv(contextual(number), content);
}

/** A non-negative INTEGER: a small number, or unsigned big-endian octets of any length. */
export function integer(value: number | Uint8Array): Buffer {
  const octets = typeof value === 'number' ? Buffer.from([value]) : Buffer.from(value);
  if (typeof value === 'number' && !(value >= 0 && value <= 0xff && Number.isInteger(value))) {
    throw new RangeError('integer() takes 0 to 255, or octets');
  }
  const first = octets.findIndex((octet) => octet !== 0);
  const digits = first === -1 ? Buffer.from([0]) : octets.subarray(first);
  return tlv(TAG.INTEGER, ...((digits[0] ?? 0) >= 0x80 ? [Buffer.from([0])] : []), digits);
}

/** OBJECT IDENTIFIER from its dotted form. */
export function oid(dotted: string): Buffer {
  const [root = 0, second = 0, ...arcs] = dotted.split('.').map(Number);
  return tlv(TAG.OID, Buffer.from([root * 40 + second, ...arcs].flatMap(arcOctets)));
}

function arcOctets(arc: number): readonly number[] {
  const octets = [arc % 128];
  for (let rest = Math.floor(arc / 128); rest > 0; rest = Math.floor(rest / 128)) {
    octets.unshift((rest % 128) | 0x80);
  }
  return octets;
}

export function octetString(octets: Uint8Array): Buffer {
  return tlv(TAG.OCTET_STRING, octets);
}

/** BIT STRING; `unused` low bits of the last octet do not count. */
export function bitString(octets: Uint8Array, unused = 0): Buffer {
  return tlv(TAG.BIT_STRING, Buffer.from([unused]), octets);
}

export function boolean(value: boolean): Buffer {
  return tlv(TAG.BOOLEAN, Buffer.from([value ? 0xff : 0]));
}

export function nullValue(): Buffer {
  return tlv(TAG.NULL);
}

export function utf8String(text: string): Buffer {
  return tlv(TAG.UTF8_STRING, Buffer.from(text, 'utf8'));
}

/** PrintableString; text outside its alphabet (X.680 41.4) is a fault of the caller. */
export function printableString(text: string): Buffer {
  if (!isPrintable(text)) throw new RangeError('not a PrintableString');
  return tlv(TAG.PRINTABLE_STRING, Buffer.from(text, 'latin1'));
}

export function isPrintable(text: string): boolean {
  return /^[A-Za-z0-9 '()+,./:=?-]*$/.test(text);
}
