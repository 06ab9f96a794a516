export type CmsErrorKind =
  | 'malformed'
  | 'unsupported-algorithm'
  | 'not-addressed'
  | 'not-openable'
  | 'no-content'
  | 'unexpected-content'
  | 'signer-missing'
  | 'content-changed'
  | 'bad-signature';

/**
 * A CMS message that we do not take. Holds nothing of it. `not-openable` is every failure from the first use of a
 * private key on: which step failed must not be told (RFC 3218).
 */
export class CmsError extends Error {
  readonly kind: CmsErrorKind;

  constructor(kind: CmsErrorKind) {
    super(`CMS: ${kind}`);
    this.name = 'CmsError';
    this.kind = kind;
  }
}
