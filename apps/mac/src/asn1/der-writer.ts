/** Writes DER (X.690), and the indefinite-length BER that Apple's encoder emits. */

/** A tag, a definite length and its contents. */
export function element(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const length = contents.reduce((sum, part) => sum + part.length, 0);
  return Buffer.concat([Buffer.from([tag]), lengthOf(length), ...contents]);
}

/** The same with an indefinite length: `tag 80 … 00 00` (X.690 8.1.3.6). */
export function indefinite(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  return Buffer.concat([Buffer.from([tag, 0x80]), ...contents, Buffer.from([0, 0])]);
}

function lengthOf(length: number): Buffer {
  if (length < 0x80) return Buffer.from([length]);
  if (length < 0x100) return Buffer.from([0x81, length]);
  if (length < 0x10000) return Buffer.from([0x82, length >> 8, length & 0xff]);
  return Buffer.from([0x83, length >> 16, (length >> 8) & 0xff, length & 0xff]);
}

export const sequence = (...parts: readonly Uint8Array[]): Buffer => element(0x30, ...parts);
export const octetString = (bytes: Uint8Array): Buffer => element(0x04, bytes);
export const printableString = (text: string): Buffer => element(0x13, Buffer.from(text, 'latin1'));
export const utf8String = (text: string): Buffer => element(0x0c, Buffer.from(text, 'utf8'));
export const nothing = (): Buffer => element(0x05);
/** `[number]` constructed, for EXPLICIT tags and IMPLICIT ones over SEQUENCE and SET. */
export const tagged = (number: number, ...parts: readonly Uint8Array[]): Buffer =>
  element(0xa0 | number, ...parts);
/** `[number]` IMPLICIT over a primitive. */
export const taggedPrimitive = (number: number, bytes: Uint8Array): Buffer => element(0x80 | number, bytes);

/** SET OF: DER wants its members sorted (X.690 11.6). */
export function setOf(...members: readonly Buffer[]): Buffer {
  return element(0x31, ...members.toSorted((left, right) => Buffer.compare(left, right)));
}

/** A small non-negative integer, or the unsigned big-endian bytes of a larger one. */
export function integer(value: number | Uint8Array): Buffer {
  if (typeof value === 'number') return element(0x02, Buffer.from([value]));
  const first = value.findIndex((byte) => byte !== 0);
  const digits = first === -1 ? Buffer.from([0]) : Buffer.from(value.subarray(first));
  const sign = (digits[0] ?? 0) & 0x80 ? Buffer.from([0]) : Buffer.alloc(0);
  return element(0x02, sign, digits);
}

export function bitString(bytes: Uint8Array, unusedBits = 0): Buffer {
  return element(0x03, Buffer.from([unusedBits]), bytes);
}

export function objectIdentifier(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return element(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]));
}

function base128(arc: number): number[] {
  const bytes = [arc & 0x7f];
  for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128)) {
    bytes.unshift((left & 0x7f) | 0x80);
  }
  return bytes;
}

/** UTCTime until 2049, GeneralizedTime after (RFC 5280 4.1.2.5). */
export function time(at: Date): Buffer {
  const digits = at.toISOString().replaceAll(/[-:T]|\.\d+/gu, '');
  return at.getUTCFullYear() < 2050
    ? element(0x17, Buffer.from(digits.slice(2), 'latin1'))
    : element(0x18, Buffer.from(digits, 'latin1'));
}

/** AlgorithmIdentifier; without parameters given it carries NULL, as RSA and the hashes want. */
export function algorithm(oid: string, parameters: Uint8Array = nothing()): Buffer {
  return sequence(objectIdentifier(oid), parameters);
}
