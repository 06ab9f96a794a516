import { createHash, sign } from 'node:crypto';
import {
  algorithm,
  element,
  integer,
  objectIdentifier,
  octetString,
  sequence,
  tagged,
} from '@keyhaven/mac/asn1/der-writer';
import { OID } from '@keyhaven/mac/asn1/oids';
import type { Signer } from '@keyhaven/mac/cms/signed-data';

/** How a SignedData differs from what a Mac would sign. */
export type Oddity = {
  /** How many SignerInfos, all sound; 1 where absent. */
  readonly signerInfos?: number;
  /** Certificates in front of the signer's, DER. */
  readonly certificatesBefore?: readonly Buffer[];
  /** Values of messageDigest, the right one first; 1 where absent. */
  readonly digestValues?: number;
  /** Signed attributes that name no content; the signature over them is sound. */
  readonly withoutDigest?: boolean;
};

/** A detached SignedData with signed attributes over the body, by hand (RFC 5652 5). Base64, as the header wants it. */
export function oddSignature(body: Buffer, signer: Signer, oddity: Oddity): string {
  const { signerInfos = 1, certificatesBefore = [], digestValues = 1, withoutDigest = false } = oddity;
  const digest = createHash('sha256').update(body).digest();
  const digests = Array.from({ length: digestValues }, (_, index) =>
    octetString(index === 0 ? digest : Buffer.alloc(32, index)),
  );
  const attributes = [
    sequence(objectIdentifier(OID.contentType), element(0x31, objectIdentifier(OID.data))),
    ...(withoutDigest ? [] : [sequence(objectIdentifier(OID.messageDigest), element(0x31, ...digests))]),
  ];
  const signature = sign('sha256', element(0x31, ...attributes), signer.privateKey);
  const info = sequence(
    integer(1),
    sequence(signer.certificate.issuer, signer.certificate.serialNumber),
    algorithm(OID.sha256),
    element(0xa0, ...attributes),
    algorithm(OID.rsaEncryption),
    octetString(signature),
  );
  const signedData = sequence(
    integer(1),
    element(0x31, algorithm(OID.sha256)),
    sequence(objectIdentifier(OID.data)),
    tagged(0, ...certificatesBefore, signer.certificate.raw),
    element(0x31, ...Array.from({ length: signerInfos }, () => info)),
  );
  return sequence(objectIdentifier(OID.signedData), tagged(0, signedData)).toString('base64');
}
