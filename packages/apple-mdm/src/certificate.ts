import { createHash, type KeyObject, X509Certificate } from 'node:crypto';
import { CertificateError } from './certificate/certificate-error.ts';
import { readExtensions } from './certificate/extensions.ts';
import { readPublicKey } from './certificate/public-key.ts';
import { Asn1Error } from './der/asn1-error.ts';
import { Fields, onlyChild } from './der/fields.ts';
import type { Asn1Node } from './der/node.ts';
import { OID } from './der/oids.ts';
import { contextual, TAG } from './der/tags.ts';
import { readTime } from './der/time.ts';
import { readBitOctets, readIntegerContent } from './der/values.ts';
import { readBer } from './der.ts';

/** What we use of an X.509 certificate (RFC 5280 4.1). */
export interface Certificate {
  readonly der: Buffer;
  /** Of `der`, lower-case hexadecimal: the name under which an enrollment is pinned. */
  readonly sha256: string;
  /** DER of the Name. */
  readonly issuer: Buffer;
  readonly subject: Buffer;
  /** Content octets of the INTEGER. */
  readonly serialNumber: Buffer;
  readonly subjectKeyIdentifier: Buffer | null;
  readonly publicKey: KeyObject;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** Dotted object identifiers; empty when the certificate does not say. */
  readonly extendedKeyUsage: readonly string[];
  readonly basicConstraintsCa: boolean;
}

/**
 * Reads one certificate. Proves nothing about who signed it: that is `verifyIssuedBy`.
 * @throws CertificateError
 */
export function parseCertificate(der: Uint8Array): Certificate {
  try {
    // A copy: a certificate is kept long after the message that it came in.
    return readCertificate(readBer(Buffer.from(der)));
  } catch (error) {
    if (error instanceof Asn1Error) throw new CertificateError('malformed');
    throw error;
  }
}

function readCertificate(node: Asn1Node): Certificate {
  const tbs = new Fields(signedPart(node), TAG.SEQUENCE);
  tbs.takeIf(contextual(0));
  const serialNumber = readIntegerContent(tbs.take(TAG.INTEGER));
  tbs.take(TAG.SEQUENCE);
  const issuer = tbs.take(TAG.SEQUENCE).raw;
  const validity = new Fields(tbs.take(TAG.SEQUENCE), TAG.SEQUENCE);
  const notBefore = readTime(validity.takeAny());
  const notAfter = readTime(validity.takeAny());
  const subject = tbs.take(TAG.SEQUENCE).raw;
  const publicKey = readPublicKey(tbs.take(TAG.SEQUENCE));
  tbs.takeIf(contextual(1));
  tbs.takeIf(contextual(2));
  const extensions = tbs.takeIf(contextual(3));
  tbs.end();
  return {
    der: node.raw,
    sha256: createHash('sha256').update(node.raw).digest('hex'),
    issuer,
    subject,
    serialNumber,
    publicKey,
    notBefore,
    notAfter,
    ...readExtensions(extensions === null ? null : onlyChild(extensions)),
  };
}

/**
 * The to-be-signed part. Everything around it must be DER and repeat the signed algorithm: a second spelling of the
 * same certificate would have another SHA-256 and so escape its pin.
 */
function signedPart(node: Asn1Node): Asn1Node {
  const fields = new Fields(node, TAG.SEQUENCE);
  const tbs = fields.take(TAG.SEQUENCE);
  const algorithm = fields.take(TAG.SEQUENCE);
  const signature = fields.take(TAG.BIT_STRING);
  fields.end();
  readBitOctets(signature);
  const signedAlgorithm = tbs.children.find((child) => child.tag === TAG.SEQUENCE);
  const repeated = signedAlgorithm?.raw.equals(algorithm.raw) ?? false;
  if (!node.hasDerLength || !signature.hasDerLength || !repeated) throw new CertificateError('malformed');
  return tbs;
}

export type IssuedByVerdict = 'valid' | 'wrong-issuer' | 'expired' | 'not-yet-valid' | 'wrong-usage';

/**
 * Whether this is a client certificate that the CA itself issued (no chain between), within its dates, for clientAuth
 * and no CA of its own. Says nothing of revocation. Costs one signature verification: keep a `wrong-issuer` or the
 * proof by `sha256`, but ask for the dates each time.
 */
export function verifyIssuedBy(certificate: Certificate, ca: Certificate, now: Date): IssuedByVerdict {
  if (!certificate.issuer.equals(ca.subject) || !isSignedBy(certificate, ca)) return 'wrong-issuer';
  if (certificate.basicConstraintsCa || !certificate.extendedKeyUsage.includes(OID.clientAuth))
    return 'wrong-usage';
  if (now < certificate.notBefore) return 'not-yet-valid';
  if (now > certificate.notAfter) return 'expired';
  return 'valid';
}

function isSignedBy(certificate: Certificate, ca: Certificate): boolean {
  try {
    return new X509Certificate(certificate.der).verify(ca.publicKey);
  } catch {
    return false;
  }
}
