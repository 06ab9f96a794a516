import type { Certificate } from '../certificate.ts';
import { Fields } from '../der/fields.ts';
import type { Asn1Node } from '../der/node.ts';
import { contextual, TAG } from '../der/tags.ts';
import { readIntegerContent, readOctets } from '../der/values.ts';
import { sequence, tlv } from '../der/write.ts';

/** How CMS names a certificate: RecipientIdentifier and SignerIdentifier (RFC 5652 5.3, 6.2.1). */
export type CertificateId =
  | { readonly by: 'issuer-and-serial'; readonly issuer: Buffer; readonly serialNumber: Buffer }
  | { readonly by: 'subject-key-identifier'; readonly subjectKeyIdentifier: Buffer };

export function readCertificateId(node: Asn1Node): CertificateId {
  if (node.tag === contextual(0)) {
    return { by: 'subject-key-identifier', subjectKeyIdentifier: readOctets(node, contextual(0)) };
  }
  const fields = new Fields(node, TAG.SEQUENCE);
  const issuer = fields.take(TAG.SEQUENCE).raw;
  const serialNumber = readIntegerContent(fields.take(TAG.INTEGER));
  fields.end();
  return { by: 'issuer-and-serial', issuer, serialNumber };
}

export function issuerAndSerialNumber(certificate: Certificate): Buffer {
  return sequence(certificate.issuer, tlv(TAG.INTEGER, certificate.serialNumber));
}

export function names(id: CertificateId, certificate: Certificate): boolean {
  return id.by === 'issuer-and-serial'
    ? id.issuer.equals(certificate.issuer) && id.serialNumber.equals(certificate.serialNumber)
    : (certificate.subjectKeyIdentifier?.equals(id.subjectKeyIdentifier) ?? false);
}
