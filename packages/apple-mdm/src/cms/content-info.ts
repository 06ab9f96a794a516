import { Fields, onlyChild } from '../der/fields.ts';
import type { Asn1Node } from '../der/node.ts';
import { contextual, TAG } from '../der/tags.ts';
import { readOid } from '../der/values.ts';
import { contextTag, oid, sequence } from '../der/write.ts';
import { readBer } from '../der.ts';
import { CmsError } from './cms-error.ts';

/** The content of a ContentInfo (RFC 5652 3) of the type asked for. */
export function readContentInfo(bytes: Uint8Array, contentType: string): Asn1Node {
  const fields = new Fields(readBer(bytes), TAG.SEQUENCE);
  const type = readOid(fields.take(TAG.OID));
  const content = onlyChild(fields.take(contextual(0)));
  fields.end();
  if (type !== contentType) throw new CmsError('malformed');
  return content;
}

export function contentInfo(contentType: string, content: Buffer): Buffer {
  return sequence(oid(contentType), contextTag(0, content));
}
