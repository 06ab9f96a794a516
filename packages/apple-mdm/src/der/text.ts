import { Asn1Error } from './asn1-error.ts';
import type { Asn1Node } from './node.ts';
import { TAG } from './tags.ts';

const ENCODINGS: ReadonlyMap<number, 'utf8' | 'latin1'> = new Map([
  [TAG.UTF8_STRING, 'utf8'],
  [TAG.PRINTABLE_STRING, 'latin1'],
  [TAG.IA5_STRING, 'latin1'],
  [TAG.T61_STRING, 'latin1'],
]);

/** Text of a PrintableString, UTF8String, IA5String or T61String in one piece. */
export function readText(node: Asn1Node): string {
  const encoding = ENCODINGS.get(node.tag);
  if (encoding === undefined || node.constructed) throw new Asn1Error('unexpected', node.offset);
  const text = node.content.toString(encoding);
  // A replacement character that the octets do not spell would let two different secrets read alike.
  if (encoding === 'utf8' && !Buffer.from(text, 'utf8').equals(node.content)) {
    throw new Asn1Error('bad-value', node.offset);
  }
  return text;
}
