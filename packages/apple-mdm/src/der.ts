import { Asn1Error } from './der/asn1-error.ts';
import { Asn1Node } from './der/node.ts';

const MAX_BYTES = 2 * 1024 * 1024;
const MAX_DEPTH = 32;
const MAX_NODES = 20_000;

// BOOLEAN, INTEGER, NULL, OBJECT IDENTIFIER, ENUMERATED (X.690 8.2–8.8, 8.19).
const ALWAYS_PRIMITIVE: ReadonlySet<number> = new Set([0x01, 0x02, 0x05, 0x06, 0x0a]);
// SEQUENCE and SET (X.690 8.9–8.12).
const ALWAYS_CONSTRUCTED: ReadonlySet<number> = new Set([0x10, 0x11]);

interface Walk {
  readonly source: Buffer;
  nodes: number;
  /** The next octet to read. */
  position: number;
}

/**
 * Reads exactly one BER element (X.690), definite or indefinite, to a tree: at most 2 MiB, 32 levels, 20,000
 * elements, lengths of at most four octets, tag numbers below 31. Every octet is visited once.
 * @throws Asn1Error
 */
export function readBer(bytes: Uint8Array): Asn1Node {
  if (bytes.length > MAX_BYTES) throw new Asn1Error('too-large', MAX_BYTES);
  const walk: Walk = {
    source: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length),
    nodes: 0,
    position: 0,
  };
  const root = readElement(walk, bytes.length, 1);
  if (walk.position !== bytes.length) throw new Asn1Error('trailing-bytes', walk.position);
  return root;
}

function readElement(walk: Walk, limit: number, depth: number): Asn1Node {
  const { source } = walk;
  const start = walk.position;
  if (depth > MAX_DEPTH) throw new Asn1Error('too-deep', start);
  walk.nodes += 1;
  if (walk.nodes > MAX_NODES) throw new Asn1Error('too-many-nodes', start);

  const identifier = readOctet(walk, limit);
  const tag = identifier & 0xdf;
  const constructed = (identifier & 0x20) !== 0;
  checkTag(tag, constructed, start);

  const length = readLength(walk, limit, constructed);
  const contentStart = walk.position;
  if (length === null) {
    const children = readUntilEndOfContents(walk, limit, depth);
    const end = walk.position;
    return new Asn1Node(
      source,
      tag,
      constructed,
      { start, contentStart, contentEnd: end - 2, end },
      children,
    );
  }
  const end = contentStart + length;
  const children = constructed ? readUntil(walk, end, depth) : [];
  walk.position = end;
  return new Asn1Node(source, tag, constructed, { start, contentStart, contentEnd: end, end }, children);
}

function checkTag(tag: number, constructed: boolean, offset: number): void {
  const highTagNumber = (tag & 0x1f) === 0x1f;
  const strayEndOfContents = tag === 0;
  if (highTagNumber || strayEndOfContents || (constructed ? ALWAYS_PRIMITIVE : ALWAYS_CONSTRUCTED).has(tag)) {
    throw new Asn1Error('bad-tag', offset);
  }
}

function readUntil(walk: Walk, end: number, depth: number): readonly Asn1Node[] {
  const children: Asn1Node[] = [];
  while (walk.position < end) children.push(readElement(walk, end, depth + 1));
  return children;
}

function readUntilEndOfContents(walk: Walk, limit: number, depth: number): readonly Asn1Node[] {
  const { source } = walk;
  const children: Asn1Node[] = [];
  for (;;) {
    if (walk.position + 2 > limit) throw new Asn1Error('truncated', walk.position);
    if (source[walk.position] === 0 && source[walk.position + 1] === 0) break;
    children.push(readElement(walk, limit, depth + 1));
  }
  walk.position += 2;
  return children;
}

/** Content octets, or null for the indefinite form. */
function readLength(walk: Walk, limit: number, constructed: boolean): number | null {
  const offset = walk.position;
  const first = readOctet(walk, limit);
  if (first === 0x80) {
    if (!constructed) throw new Asn1Error('bad-length', offset);
    return null;
  }
  let length = first;
  if (first > 0x80) {
    const octets = first & 0x7f;
    if (octets > 4) throw new Asn1Error('bad-length', offset);
    length = 0;
    for (let i = 0; i < octets; i += 1) length = length * 256 + readOctet(walk, limit);
  }
  if (length > limit - walk.position) throw new Asn1Error('truncated', offset);
  return length;
}

function readOctet(walk: Walk, limit: number): number {
  const octet = walk.position < limit ? walk.source[walk.position] : undefined;
  if (octet === undefined) throw new Asn1Error('truncated', walk.position);
  walk.position += 1;
  return octet;
}
