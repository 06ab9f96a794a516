export type CertificateErrorKind = 'malformed' | 'unsupported-key' | 'bad-key';

/** Bytes that are not a certificate, or not one we can use. Holds nothing of them. */
export class CertificateError extends Error {
  readonly kind: CertificateErrorKind;

  constructor(kind: CertificateErrorKind) {
    super(`certificate: ${kind}`);
    this.name = 'CertificateError';
    this.kind = kind;
  }
}
