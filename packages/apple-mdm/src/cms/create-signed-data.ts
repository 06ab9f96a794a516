import { createHash, type KeyObject } from 'node:crypto';
import type { Certificate } from '../certificate.ts';
import { OID } from '../der/oids.ts';
import { contextTag, integer, octetString, oid, sequence, set } from '../der/write.ts';
import { attribute, type SignedAttribute } from './attributes.ts';
import { issuerAndSerialNumber } from './certificate-id.ts';
import { contentInfo } from './content-info.ts';
import {
  type DigestAlgorithm,
  digestIdentifier,
  signatureIdentifier,
  signBytes,
} from './signature-algorithm.ts';

export interface NewSignedData {
  /** Null: a message without content, whose digest is that of no octets. */
  readonly content: Buffer | null;
  /** The content is signed and left out. */
  readonly detached?: boolean;
  readonly signer: { readonly certificate: Certificate /** RSA or EC. */; readonly privateKey: KeyObject };
  /** DER of further certificates to send along. */
  readonly chain?: readonly Buffer[];
  readonly digest: DigestAlgorithm;
  /** Besides contentType and messageDigest, which are always added; 'none' signs the content itself. */
  readonly attributes?: readonly SignedAttribute[] | 'none';
}

/** DER of a CMS SignedData (RFC 5652 5) over id-data with one signer. */
export function createSignedData(input: NewSignedData): Buffer {
  const { signer, digest } = input;
  const embedded = input.content === null || input.detached === true ? null : input.content;
  const signedData = sequence(
    integer(1),
    set(digestIdentifier(digest)),
    sequence(oid(OID.data), ...(embedded === null ? [] : [contextTag(0, octetString(embedded))])),
    contextTag(0, signer.certificate.der, ...(input.chain ?? [])),
    set(signerInfo(input)),
  );
  return contentInfo(OID.signedData, signedData);
}

/** A SignedData that signs nothing and only carries certificates (RFC 5652 5.2, "degenerate"). */
export function certificatesOnly(ders: readonly Buffer[]): Buffer {
  return contentInfo(
    OID.signedData,
    sequence(integer(1), set(), sequence(oid(OID.data)), contextTag(0, ...ders), set()),
  );
}

function signerInfo(input: NewSignedData): Buffer {
  const { signer, digest } = input;
  const content = input.content ?? Buffer.alloc(0);
  const attributes =
    input.attributes === 'none' ? null : signedAttributes(content, digest, input.attributes ?? []);
  const signed = attributes === null ? content : set(...attributes);
  return sequence(
    integer(1),
    issuerAndSerialNumber(signer.certificate),
    digestIdentifier(digest),
    ...(attributes === null ? [] : [contextTag(0, ...sorted(attributes))]),
    signatureIdentifier(signer.privateKey, digest),
    octetString(signBytes(signed, signer.privateKey, digest)),
  );
}

function signedAttributes(
  content: Buffer,
  digest: DigestAlgorithm,
  more: readonly SignedAttribute[],
): readonly Buffer[] {
  const messageDigest = createHash(digest).update(content).digest();
  return [
    attribute({ oid: OID.contentType, value: oid(OID.data) }),
    attribute({ oid: OID.messageDigest, value: octetString(messageDigest) }),
    ...more.map(attribute),
  ];
}

// The implicit [0] of the message has to hold them in the same order as the SET OF that is signed.
function sorted(attributes: readonly Buffer[]): readonly Buffer[] {
  return attributes.toSorted((a, b) => Buffer.compare(a, b));
}
