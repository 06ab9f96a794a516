import { Fields, onlyChild } from '../der/fields.ts';
import type { Asn1Node } from '../der/node.ts';
import { TAG } from '../der/tags.ts';
import { readOid } from '../der/values.ts';
import { oid, sequence, set } from '../der/write.ts';
import { CmsError } from './cms-error.ts';

/** A signed attribute of one value. */
export interface SignedAttribute {
  /** Dotted. */
  readonly oid: string;
  /** DER of the value. */
  readonly value: Buffer;
}

/** Attributes by identifier (RFC 5652 5.3), each once and with one value: a second one is refused, not chosen from. */
export function readAttributes(nodes: readonly Asn1Node[]): ReadonlyMap<string, Asn1Node> {
  const values = new Map<string, Asn1Node>();
  for (const node of nodes) {
    const fields = new Fields(node, TAG.SEQUENCE);
    const name = readOid(fields.take(TAG.OID));
    const value = onlyChild(fields.take(TAG.SET));
    fields.end();
    if (values.has(name)) throw new CmsError('malformed');
    values.set(name, value);
  }
  return values;
}

export function attribute({ oid: name, value }: SignedAttribute): Buffer {
  return sequence(oid(name), set(value));
}
