import type { Asn1Node } from '../der/node.ts';
import { readBer } from '../der.ts';

const END_OF_CONTENTS = Buffer.alloc(2);

/** The same element with indefinite lengths down to `depth` levels (X.690 8.1.3.6); below, the octets stay. */
export function withIndefiniteLengths(der: Buffer, depth: number): Buffer {
  return rewrite(readBer(der), depth);
}

function rewrite(node: Asn1Node, depth: number): Buffer {
  if (!node.constructed || depth === 0) return node.raw;
  const children = node.children.map((child) => rewrite(child, depth - 1));
  return Buffer.concat([node.raw.subarray(0, 1), Buffer.from([0x80]), ...children, END_OF_CONTENTS]);
}
