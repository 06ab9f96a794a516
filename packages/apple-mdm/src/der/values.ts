import { Asn1Error } from './asn1-error.ts';
import type { Asn1Node } from './node.ts';
import { TAG } from './tags.ts';

const MAX_OID_OCTETS = 64;

/** Dotted form of an OBJECT IDENTIFIER (X.690 8.19). */
export function readOid(node: Asn1Node): string {
  expectTag(node, TAG.OID);
  const { content } = node;
  const last = content.at(-1);
  if (last === undefined || (last & 0x80) !== 0 || content.length > MAX_OID_OCTETS) throw badValue(node);
  const arcs: number[] = [];
  let arc = 0;
  for (const octet of content) {
    if (arc === 0 && octet === 0x80) throw badValue(node);
    arc = arc * 128 + (octet & 0x7f);
    if (arc > Number.MAX_SAFE_INTEGER / 128) throw badValue(node);
    if ((octet & 0x80) !== 0) continue;
    arcs.push(...(arcs.length === 0 ? firstArcs(arc) : [arc]));
    arc = 0;
  }
  return arcs.join('.');
}

function firstArcs(value: number): readonly [number, number] {
  const root = Math.min(Math.floor(value / 40), 2);
  return [root, value - root * 40];
}

/** An INTEGER from 0 to 127: versions and the like. */
export function readSmallInteger(node: Asn1Node): number {
  expectTag(node, TAG.INTEGER);
  const value = node.contentLength === 1 ? node.content[0] : undefined;
  if (value === undefined || value > 0x7f) throw badValue(node);
  return value;
}

/** Raw two's-complement content of an INTEGER: at least one octet, shortest form (X.690 8.3.2). */
export function readIntegerContent(node: Asn1Node): Buffer {
  expectTag(node, TAG.INTEGER);
  const { content } = node;
  const [first, second = 0] = content;
  if (first === undefined) throw badValue(node);
  const needless = (first === 0 && second < 0x80) || (first === 0xff && second >= 0x80);
  if (content.length > 1 && needless) throw badValue(node);
  return content;
}

export function readBoolean(node: Asn1Node): boolean {
  expectTag(node, TAG.BOOLEAN);
  if (node.contentLength !== 1) throw badValue(node);
  return node.content[0] !== 0;
}

/** Octets of an OCTET STRING in one piece or, in BER, in pieces of pieces (X.690 8.7). */
export function readOctets(node: Asn1Node, tag: number = TAG.OCTET_STRING): Buffer {
  expectTag(node, tag);
  if (!node.constructed) return node.content;
  const pieces: Buffer[] = [];
  collectPieces(node, pieces);
  return Buffer.concat(pieces);
}

function collectPieces(node: Asn1Node, pieces: Buffer[]): void {
  for (const child of node.children) {
    expectTag(child, TAG.OCTET_STRING);
    if (child.constructed) collectPieces(child, pieces);
    else pieces.push(child.content);
  }
}

/** A BIT STRING of whole octets in one piece: keys and signatures. */
export function readBitOctets(node: Asn1Node): Buffer {
  expectTag(node, TAG.BIT_STRING);
  if (node.constructed || node.content[0] !== 0) throw badValue(node);
  return node.content.subarray(1);
}

export function expectTag(node: Asn1Node, tag: number): void {
  if (node.tag !== tag) throw new Asn1Error('unexpected', node.offset);
}

function badValue(node: Asn1Node): Asn1Error {
  return new Asn1Error('bad-value', node.offset);
}
