/** Reads BER: definite and indefinite lengths, single-byte tags (all that X.509, CMS and SCEP use). */

const MAXIMUM_DEPTH = 32;

export type Element = {
  readonly tag: number;
  /** The element with its header (and end-of-contents octets). */
  readonly raw: Buffer;
  /** What stands between header and end. */
  readonly content: Buffer;
};

/** Bytes are no BER, or not of the expected kind; says where, never what. */
export class BerError extends Error {
  override readonly name = 'BerError';
}

/** The one element that `bytes` start with. */
export function readElement(bytes: Buffer, offset = 0, depth = 0): Element {
  if (depth > MAXIMUM_DEPTH) throw new BerError('nested too deeply');
  const tag = byteAt(bytes, offset);
  if ((tag & 0x1f) === 0x1f) throw new BerError(`multi-byte tag at ${offset}`);
  const first = byteAt(bytes, offset + 1);
  if (first === 0x80) return readIndefinite(bytes, offset, tag, depth);
  const sizeBytes = first < 0x80 ? 0 : first & 0x7f;
  if (sizeBytes > 4) throw new BerError(`length too long at ${offset}`);
  const length = sizeBytes === 0 ? first : bytes.readUIntBE(checked(bytes, offset + 2, sizeBytes), sizeBytes);
  const start = offset + 2 + sizeBytes;
  checked(bytes, start, length);
  return { tag, raw: bytes.subarray(offset, start + length), content: bytes.subarray(start, start + length) };
}

function readIndefinite(bytes: Buffer, offset: number, tag: number, depth: number): Element {
  if ((tag & 0x20) === 0) throw new BerError(`indefinite length of a primitive at ${offset}`);
  let at = offset + 2;
  while (byteAt(bytes, at) !== 0 || byteAt(bytes, at + 1) !== 0) {
    at += readElement(bytes, at, depth + 1).raw.length;
  }
  return { tag, raw: bytes.subarray(offset, at + 2), content: bytes.subarray(offset + 2, at) };
}

/** The elements inside a constructed one. */
export function children(parent: Element): readonly Element[] {
  if ((parent.tag & 0x20) === 0) throw new BerError('a primitive has no children');
  const found: Element[] = [];
  for (let at = 0; at < parent.content.length; ) {
    const next = readElement(parent.content, at);
    found.push(next);
    at += next.raw.length;
  }
  return found;
}

/** The child at `index`, which must be there and, where a tag is given, carry it. */
export function child(parent: Element, index: number, tag?: number): Element {
  return expectTag(children(parent)[index], tag);
}

export function expectTag(found: Element | undefined, tag?: number): Element {
  if (found === undefined) throw new BerError('an element is missing');
  if (tag !== undefined && found.tag !== tag) {
    throw new BerError(`tag ${tag.toString(16)} expected, ${found.tag.toString(16)} found`);
  }
  return found;
}

/** The bytes of an OCTET STRING (or an IMPLICIT tag over one), primitive or in pieces (X.690 8.7.3). */
export function octets(string: Element): Buffer {
  if ((string.tag & 0x20) === 0) return string.content;
  return Buffer.concat(children(string).map((piece) => octets(piece)));
}

export function oidText(identifier: Element): string {
  expectTag(identifier, 0x06);
  const first = identifier.content[0] ?? 0;
  const arcs = [Math.min(2, Math.floor(first / 40))];
  arcs.push(first - (arcs[0] ?? 0) * 40);
  let arc = 0;
  for (const byte of identifier.content.subarray(1)) {
    arc = arc * 128 + (byte & 0x7f);
    if ((byte & 0x80) !== 0) continue;
    arcs.push(arc);
    arc = 0;
  }
  return arcs.join('.');
}

function byteAt(bytes: Buffer, offset: number): number {
  const byte = bytes[offset];
  if (byte === undefined) throw new BerError(`ends at ${offset}`);
  return byte;
}

function checked(bytes: Buffer, start: number, length: number): number {
  if (start + length > bytes.length) throw new BerError(`ends before ${start + length}`);
  return start;
}
