import { type KeyObject, sign, verify } from 'node:crypto';
import { Fields } from '../der/fields.ts';
import type { Asn1Node } from '../der/node.ts';
import { OID } from '../der/oids.ts';
import { TAG } from '../der/tags.ts';
import { readOid } from '../der/values.ts';
import { nullValue, oid, sequence } from '../der/write.ts';
import { CmsError } from './cms-error.ts';

export type DigestAlgorithm = 'sha1' | 'sha256' | 'sha384' | 'sha512';

interface DigestOids {
  readonly digest: string;
  readonly withRsa: string;
  readonly withEcdsa: string;
}

const DIGESTS: Readonly<Record<DigestAlgorithm, DigestOids>> = {
  sha1: { digest: OID.sha1, withRsa: OID.sha1WithRSAEncryption, withEcdsa: OID.ecdsaWithSha1 },
  sha256: { digest: OID.sha256, withRsa: OID.sha256WithRSAEncryption, withEcdsa: OID.ecdsaWithSha256 },
  sha384: { digest: OID.sha384, withRsa: OID.sha384WithRSAEncryption, withEcdsa: OID.ecdsaWithSha384 },
  sha512: { digest: OID.sha512, withRsa: OID.sha512WithRSAEncryption, withEcdsa: OID.ecdsaWithSha512 },
};

const ALGORITHMS: readonly DigestAlgorithm[] = ['sha1', 'sha256', 'sha384', 'sha512'];

/** Dotted identifier of an AlgorithmIdentifier whose parameters are absent or NULL. */
export function readPlainAlgorithm(node: Asn1Node): string {
  const fields = new Fields(node, TAG.SEQUENCE);
  const algorithm = readOid(fields.take(TAG.OID));
  const parameters = fields.takeIf(TAG.NULL);
  fields.end();
  if (parameters !== null && parameters.contentLength !== 0) throw new CmsError('malformed');
  return algorithm;
}

export function digestNamed(dotted: string): DigestAlgorithm {
  const digest = ALGORITHMS.find((name) => DIGESTS[name].digest === dotted);
  if (digest === undefined) throw new CmsError('unsupported-algorithm');
  return digest;
}

export function digestOid(digest: DigestAlgorithm): string {
  return DIGESTS[digest].digest;
}

/** The digest that a signature algorithm names by itself: CSRs have no other place for it. */
export function digestOfSignature(dotted: string): DigestAlgorithm {
  const digest = ALGORITHMS.find((name) => [DIGESTS[name].withRsa, DIGESTS[name].withEcdsa].includes(dotted));
  if (digest === undefined) throw new CmsError('unsupported-algorithm');
  return digest;
}

export function digestIdentifier(digest: DigestAlgorithm): Buffer {
  return sequence(oid(DIGESTS[digest].digest), nullValue());
}

/** rsaEncryption for RSA, which every client takes; ecdsa-with-SHA… for EC (RFC 3370 3.2, RFC 5754 3). */
export function signatureIdentifier(key: KeyObject, digest: DigestAlgorithm): Buffer {
  return key.asymmetricKeyType === 'ec'
    ? sequence(oid(DIGESTS[digest].withEcdsa))
    : sequence(oid(OID.rsaEncryption), nullValue());
}

export function signBytes(bytes: Buffer, key: KeyObject, digest: DigestAlgorithm): Buffer {
  return sign(digest, bytes, key);
}

/**
 * Whether the signature holds. The algorithm must be the key's own (rsaEncryption, id-ecPublicKey) or name this very
 * digest with it.
 */
export function verifyBytes(
  bytes: Buffer,
  signature: Buffer,
  by: { readonly key: KeyObject; readonly algorithm: string; readonly digest: DigestAlgorithm },
): boolean {
  const oids = DIGESTS[by.digest];
  const fitting =
    by.key.asymmetricKeyType === 'ec' ? [oids.withEcdsa, OID.ecPublicKey] : [oids.withRsa, OID.rsaEncryption];
  if (!fitting.includes(by.algorithm)) throw new CmsError('unsupported-algorithm');
  try {
    return verify(by.digest, bytes, by.key, signature);
  } catch {
    return false;
  }
}
