import { Fields } from '../der/fields.ts';
import type { Asn1Node } from '../der/node.ts';
import { contextual, TAG } from '../der/tags.ts';
import { readOctets, readSmallInteger } from '../der/values.ts';
import { tlv } from '../der/write.ts';
import { readAttributes } from './attributes.ts';
import { type CertificateId, readCertificateId } from './certificate-id.ts';
import { CmsError } from './cms-error.ts';
import { type DigestAlgorithm, digestNamed, readPlainAlgorithm } from './signature-algorithm.ts';

const SET_OF = 0x31;

export interface SignerInfo {
  /** 1 or 3, after the form of `id`; with content of type id-data the SignedData repeats it (RFC 5652 5.1). */
  readonly version: number;
  readonly id: CertificateId;
  readonly digest: DigestAlgorithm;
  /** Null when the content itself is signed. */
  readonly signedAttributes: {
    readonly values: ReadonlyMap<string, Asn1Node>;
    /** What the signature is over: the SET OF in DER, not the implicit [0] of the message (RFC 5652 5.4). */
    readonly signedBytes: Buffer;
  } | null;
  /** Dotted. */
  readonly signatureAlgorithm: string;
  readonly signature: Buffer;
}

/** SignerInfo (RFC 5652 5.3). Unsigned attributes are passed over. */
export function readSignerInfo(node: Asn1Node): SignerInfo {
  const fields = new Fields(node, TAG.SEQUENCE);
  const version = readSmallInteger(fields.take(TAG.INTEGER));
  const id = readCertificateId(fields.takeAny());
  if (version !== (id.by === 'issuer-and-serial' ? 1 : 3)) throw new CmsError('malformed');
  const digest = digestNamed(readPlainAlgorithm(fields.take(TAG.SEQUENCE)));
  const attributes = fields.takeIf(contextual(0));
  const signatureAlgorithm = readPlainAlgorithm(fields.take(TAG.SEQUENCE));
  const signature = readOctets(fields.take(TAG.OCTET_STRING));
  fields.takeIf(contextual(1));
  fields.end();
  return {
    version,
    id,
    digest,
    signedAttributes: readSignedAttributes(attributes),
    signatureAlgorithm,
    signature,
  };
}

function readSignedAttributes(node: Asn1Node | null): SignerInfo['signedAttributes'] {
  if (node === null) return null;
  if (node.children.length === 0) throw new CmsError('malformed');
  return { values: readAttributes(node.children), signedBytes: tlv(SET_OF, node.content) };
}
