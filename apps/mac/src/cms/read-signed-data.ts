import { createHash, timingSafeEqual, verify } from 'node:crypto';
import {
  BerError,
  child,
  children,
  type Element,
  expectTag,
  octets,
  oidText,
  readElement,
} from '../asn1/ber-reader.ts';
import { type DigestName, digestOf, OID } from '../asn1/oids.ts';
import { type Certificate, publicKeyOf, readCertificate } from '../certificate.ts';

export type SignedData = {
  /** eContent, or null when the signature is detached or there is none (a failed SCEP answer). */
  readonly content: Buffer | null;
  readonly certificates: readonly Certificate[];
  readonly signerInfos: readonly Element[];
};

export type VerifiedSigner = {
  readonly certificate: Certificate;
  /** Values of the signed attributes by OID, each with exactly one value. */
  readonly attributes: ReadonlyMap<string, Element>;
};

/** Takes a SignedData apart; verifies nothing (RFC 5652 5.1). */
export function readSignedData(bytes: Buffer): SignedData {
  const contentInfo = readElement(bytes);
  if (oidText(child(contentInfo, 0)) !== OID.signedData) throw new BerError('no SignedData');
  const fields = children(child(child(contentInfo, 1, 0xa0), 0, 0x30));
  const encapsulated = children(expectTag(fields[2], 0x30))[1];
  const certificates = fields.find((field) => field.tag === 0xa0);
  return {
    content: encapsulated === undefined ? null : octets(child(encapsulated, 0)),
    certificates:
      certificates === undefined ? [] : children(certificates).map((found) => readCertificate(found.raw)),
    signerInfos: children(expectTag(fields.at(-1), 0x31)),
  };
}

/** The one signer, its signature and digest verified over `content`. Its chain is the caller's affair. */
export function verifySigner(signed: SignedData, content: Uint8Array): VerifiedSigner {
  const [info, ...others] = signed.signerInfos;
  if (info === undefined || others.length > 0) throw new BerError('exactly one signer expected');
  const fields = children(info);
  const certificate = signerCertificate(signed, expectTag(fields[1], 0x30));
  const digest = digestOf(oidText(child(expectTag(fields[2]), 0)));
  if (digest === null) throw new BerError('unknown digest');
  const attributes = fields[3]?.tag === 0xa0 ? fields[3] : undefined;
  const signature = octets(expectTag(fields[attributes === undefined ? 4 : 5], 0x04));
  const toVerify = attributes === undefined ? content : retagged(attributes);
  if (!verify(digest, toVerify, publicKeyOf(certificate), signature)) throw new BerError('wrong signature');
  const values = attributes === undefined ? new Map<string, Element>() : readAttributes(attributes);
  if (attributes !== undefined) checkDigest(values, digest, content);
  return { certificate, attributes: values };
}

function retagged(attributes: Element): Buffer {
  const copy = Buffer.from(attributes.raw);
  copy[0] = 0x31;
  return copy;
}

function signerCertificate(signed: SignedData, issuerAndSerial: Element): Certificate {
  const wanted = issuerAndSerial.content;
  const found = signed.certificates.find((certificate) =>
    wanted.equals(Buffer.concat([certificate.issuer, certificate.serialNumber])),
  );
  if (found === undefined) throw new BerError('the signer has no certificate inside');
  return found;
}

function readAttributes(attributes: Element): Map<string, Element> {
  const values = new Map<string, Element>();
  for (const attribute of children(attributes)) {
    const [value, ...others] = children(child(attribute, 1, 0x31));
    if (others.length > 0) throw new BerError('an attribute with several values');
    values.set(oidText(child(attribute, 0)), expectTag(value));
  }
  return values;
}

function checkDigest(values: ReadonlyMap<string, Element>, digest: DigestName, content: Uint8Array): void {
  const claimed = octets(expectTag(values.get(OID.messageDigest), 0x04));
  const actual = createHash(digest).update(content).digest();
  if (claimed.length !== actual.length || !timingSafeEqual(claimed, actual)) {
    throw new BerError('messageDigest does not fit the content');
  }
}
