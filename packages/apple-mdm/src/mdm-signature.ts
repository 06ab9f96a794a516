import { CertificateError } from './certificate/certificate-error.ts';
import type { Certificate } from './certificate.ts';
import type { CertificateCache } from './certificate-cache.ts';
import { CmsError, type CmsErrorKind } from './cms/cms-error.ts';
import { verifySignedData } from './cms/verify-signed-data.ts';
import { Asn1Error } from './der/asn1-error.ts';

const MAX_HEADER_LENGTH = 16 * 1024;
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

export type MdmSignatureErrorKind =
  | 'missing'
  | 'too-large'
  | 'not-base64'
  | 'malformed'
  | 'unsupported'
  | 'bad-signature';

const CMS_KINDS: Partial<Record<CmsErrorKind, MdmSignatureErrorKind>> = {
  'unsupported-algorithm': 'unsupported',
  'bad-signature': 'bad-signature',
  'content-changed': 'bad-signature',
};

/** An Mdm-Signature that we do not take. Holds nothing of header or body. */
export class MdmSignatureError extends Error {
  readonly kind: MdmSignatureErrorKind;

  constructor(kind: MdmSignatureErrorKind) {
    super(`Mdm-Signature: ${kind}`);
    this.name = 'MdmSignatureError';
    this.kind = kind;
  }
}

/**
 * Verifies the `Mdm-Signature` header over the exact octets of the body: base64 of a detached CMS SignedData (Apple,
 * "Managing certificates for MDM servers and devices"). It does not cover address, method or time, and it says nothing
 * of the issuer: ask `verifyIssuedBy`, then compare `certificate.sha256` with the pinned one.
 * @throws MdmSignatureError and nothing else
 */
export function verifyMdmSignature(
  header: string,
  body: Buffer,
  cache?: CertificateCache,
): { readonly certificate: Certificate } {
  const bytes = decodeHeader(header);
  try {
    const { signer } = verifySignedData(bytes, {
      detachedContent: body,
      ...(cache === undefined ? {} : { parseCertificate: (der: Buffer) => cache.parse(der) }),
    });
    return { certificate: signer };
  } catch (error) {
    throw new MdmSignatureError(kindOf(error));
  }
}

function decodeHeader(header: string): Buffer {
  if (header === '') throw new MdmSignatureError('missing');
  if (header.length > MAX_HEADER_LENGTH) throw new MdmSignatureError('too-large');
  if (!BASE64.test(header) || header.length % 4 !== 0) throw new MdmSignatureError('not-base64');
  const bytes = Buffer.from(header, 'base64');
  // Stray bits after the last octet would give one signature several spellings.
  if (bytes.toString('base64') !== header) throw new MdmSignatureError('not-base64');
  return bytes;
}

function kindOf(error: unknown): MdmSignatureErrorKind {
  if (error instanceof Asn1Error) return 'malformed';
  if (error instanceof CertificateError)
    return error.kind === 'unsupported-key' ? 'unsupported' : 'malformed';
  if (!(error instanceof CmsError)) throw error;
  return CMS_KINDS[error.kind] ?? 'malformed';
}
