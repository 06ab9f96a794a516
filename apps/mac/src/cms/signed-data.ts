import { createHash, type KeyObject, sign } from 'node:crypto';
import {
  algorithm,
  element,
  indefinite,
  integer,
  objectIdentifier,
  octetString,
  sequence,
  setOf,
  tagged,
  time,
} from '../asn1/der-writer.ts';
import { type DigestName, OID } from '../asn1/oids.ts';
import type { Certificate } from '../certificate.ts';

export type Signer = { readonly certificate: Certificate; readonly privateKey: KeyObject };

/** A signed attribute: its type and its one value, DER. */
export type Attribute = { readonly oid: string; readonly value: Buffer };

/** Detached, DER, SHA-256 with contentType, signingTime and messageDigest (RFC 5652 5). */
export function signDetached(body: Uint8Array, signer: Signer, at: Date): Buffer {
  const attributes = attributeSet(body, 'sha256', [{ oid: OID.signingTime, value: time(at) }]);
  const info = signerInfo(signer, 'sha256', OID.sha256WithRsaEncryption, attributes);
  return contentInfo(
    setOf(algorithm(OID.sha256)),
    sequence(objectIdentifier(OID.data)),
    tagged(0, signer.certificate.raw),
    setOf(info),
  );
}

/** With its content inside, DER, signed attributes: what SCEP sends (RFC 8894 3). */
export function signEncapsulated(
  content: Uint8Array,
  signer: Signer,
  digest: DigestName,
  extra: readonly Attribute[],
): Buffer {
  const attributes = attributeSet(content, digest, extra);
  return contentInfo(
    setOf(algorithm(OID[digest])),
    sequence(objectIdentifier(OID.data), tagged(0, octetString(content))),
    tagged(0, signer.certificate.raw),
    setOf(signerInfo(signer, digest, OID.rsaEncryption, attributes)),
  );
}

/**
 * Detached, no attributes, SHA-1, indefinite lengths: what Macs put into Mdm-Signature (two captures).
 * All but the signature depends on the signer alone, so it is made once.
 */
export function bareSha1Signer(signer: Signer): (body: Uint8Array) => Buffer {
  const info = (signature: Buffer): Buffer =>
    sequence(
      integer(1),
      sequence(signer.certificate.issuer, signer.certificate.serialNumber),
      algorithm(OID.sha1),
      algorithm(OID.sha1WithRsaEncryption),
      octetString(signature),
    );
  const head = [
    integer(1),
    setOf(algorithm(OID.sha1)),
    indefinite(0x30, objectIdentifier(OID.data)),
    tagged(0, signer.certificate.raw),
  ];
  return (body) => {
    const signature = sign('sha1', body, signer.privateKey);
    return indefinite(
      0x30,
      objectIdentifier(OID.signedData),
      indefinite(0xa0, indefinite(0x30, ...head, setOf(info(signature)))),
    );
  };
}

function attributeSet(content: Uint8Array, digest: DigestName, extra: readonly Attribute[]): Buffer {
  const attributes: readonly Attribute[] = [
    { oid: OID.contentType, value: objectIdentifier(OID.data) },
    { oid: OID.messageDigest, value: octetString(createHash(digest).update(content).digest()) },
    ...extra,
  ];
  return setOf(...attributes.map(({ oid, value }) => sequence(objectIdentifier(oid), element(0x31, value))));
}

function signerInfo(signer: Signer, digest: DigestName, signatureOid: string, attributes: Buffer): Buffer {
  // Signed as SET OF, sent as [0] IMPLICIT (RFC 5652 5.4).
  const sent = Buffer.from(attributes);
  sent[0] = 0xa0;
  return sequence(
    integer(1),
    sequence(signer.certificate.issuer, signer.certificate.serialNumber),
    algorithm(OID[digest]),
    sent,
    algorithm(signatureOid),
    octetString(sign(digest, attributes, signer.privateKey)),
  );
}

function contentInfo(...fields: readonly Buffer[]): Buffer {
  return sequence(objectIdentifier(OID.signedData), tagged(0, sequence(integer(1), ...fields)));
}
