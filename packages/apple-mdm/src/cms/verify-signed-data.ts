import { createHash } from 'node:crypto';
import { type Certificate, parseCertificate } from '../certificate.ts';
import { Asn1Error } from '../der/asn1-error.ts';
import { Fields, onlyChild } from '../der/fields.ts';
import type { Asn1Node } from '../der/node.ts';
import { OID } from '../der/oids.ts';
import { contextual, TAG } from '../der/tags.ts';
import { readOctets, readOid, readSmallInteger } from '../der/values.ts';
import { readBer } from '../der.ts';
import { readAttributes } from './attributes.ts';
import { names } from './certificate-id.ts';
import { CmsError } from './cms-error.ts';
import { readContentInfo } from './content-info.ts';
import { type DigestAlgorithm, digestOid, readPlainAlgorithm, verifyBytes } from './signature-algorithm.ts';
import { readSignerInfo, type SignerInfo } from './signer-info.ts';

const MAX_CERTIFICATES = 16;
const SET_OF = 0x31;

export interface VerifyOptions {
  /** What a detached signature is over. A message that brings other content of its own is then refused. */
  readonly detachedContent?: Buffer;
  /** Where parsed certificates are kept: see `CertificateCache`. */
  readonly parseCertificate?: (der: Buffer) => Certificate;
}

export interface VerifiedSignedData {
  readonly content: Buffer;
  readonly signer: Certificate;
  /** All that came with the message, the signer's included. */
  readonly certificates: readonly Certificate[];
  /** Raw value by dotted identifier; empty when nothing but the content is signed. */
  readonly attributes: ReadonlyMap<string, Buffer>;
  readonly digest: DigestAlgorithm;
}

interface SignedData {
  readonly content: Buffer | null;
  readonly certificates: readonly Asn1Node[];
  readonly signerInfo: SignerInfo;
}

/**
 * Verifies a CMS SignedData (RFC 5652 5) of one signer, BER or DER, with or without signed attributes, against the
 * certificate that came with it. Who issued that certificate is the caller's question.
 * @throws Asn1Error, CertificateError, CmsError
 */
export function verifySignedData(bytes: Uint8Array, options: VerifyOptions = {}): VerifiedSignedData {
  const signed = readSignedData(bytes);
  const { signerInfo } = signed;
  const content = contentOf(signed, options.detachedContent);
  const certificates = signed.certificates.map((node) =>
    (options.parseCertificate ?? parseCertificate)(node.raw),
  );
  const signer = certificates.find((certificate) => names(signerInfo.id, certificate));
  if (signer === undefined) throw new CmsError('signer-missing');
  const holds = verifyBytes(whatIsSigned(signerInfo, content), signerInfo.signature, {
    key: signer.publicKey,
    algorithm: signerInfo.signatureAlgorithm,
    digest: signerInfo.digest,
  });
  if (!holds) throw new CmsError('bad-signature');
  const values = signerInfo.signedAttributes?.values ?? new Map<string, Asn1Node>();
  const attributes = new Map([...values].map(([name, value]) => [name, value.raw]));
  return { content, signer, certificates, attributes, digest: signerInfo.digest };
}

function contentOf(signed: SignedData, detached: Buffer | undefined): Buffer {
  const content = detached ?? signed.content ?? undefined;
  const differs = content !== undefined && signed.content !== null && !signed.content.equals(content);
  if (differs) throw new CmsError('unexpected-content');
  if (content === undefined) throw new CmsError('no-content');
  return content;
}

function whatIsSigned({ signedAttributes, digest }: SignerInfo, content: Buffer): Buffer {
  if (signedAttributes === null) {
    if (looksLikeAttributes(content)) throw new CmsError('bad-signature');
    return content;
  }
  const { values, signedBytes } = signedAttributes;
  const contentType = values.get(OID.contentType);
  const messageDigest = values.get(OID.messageDigest);
  if (contentType === undefined || messageDigest === undefined) throw new CmsError('malformed');
  if (readOid(contentType) !== OID.data) throw new CmsError('malformed');
  // Without this comparison the signature would hold for any content whatever.
  if (!createHash(digest).update(content).digest().equals(readOctets(messageDigest))) {
    throw new CmsError('content-changed');
  }
  return signedBytes;
}

/**
 * Signed attributes and content are signed with no mark to tell them apart: the attributes of an honest message, handed
 * in as the content of one without attributes, would verify.
 */
function looksLikeAttributes(content: Buffer): boolean {
  if (content[0] !== SET_OF) return false;
  try {
    return readAttributes(readBer(content).children).has(OID.messageDigest);
  } catch (error) {
    if (error instanceof Asn1Error || error instanceof CmsError) return false;
    throw error;
  }
}

function readSignedData(bytes: Uint8Array): SignedData {
  const fields = new Fields(readContentInfo(bytes, OID.signedData), TAG.SEQUENCE);
  const version = readSmallInteger(fields.take(TAG.INTEGER));
  const digests = fields.take(TAG.SET).children.map(readPlainAlgorithm);
  const content = readEncapsulated(fields.take(TAG.SEQUENCE));
  const certificates = (fields.takeIf(contextual(0))?.children ?? []).filter(
    (node) => node.tag === TAG.SEQUENCE,
  );
  fields.takeIf(contextual(1));
  const signerInfo = readSignerInfo(onlyChild(fields.take(TAG.SET)));
  fields.end();
  const announced = digests.includes(digestOid(signerInfo.digest));
  if (version !== signerInfo.version || certificates.length > MAX_CERTIFICATES || !announced) {
    throw new CmsError('malformed');
  }
  return { content, certificates, signerInfo };
}

/** EncapsulatedContentInfo (RFC 5652 5.2): id-data, the octets in one piece or many, or absent. */
function readEncapsulated(node: Asn1Node): Buffer | null {
  const fields = new Fields(node, TAG.SEQUENCE);
  if (readOid(fields.take(TAG.OID)) !== OID.data) throw new CmsError('malformed');
  const explicit = fields.takeIf(contextual(0));
  fields.end();
  return explicit === null ? null : readOctets(onlyChild(explicit));
}
