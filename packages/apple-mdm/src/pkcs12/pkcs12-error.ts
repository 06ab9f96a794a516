import { CmsError } from '../cms/cms-error.ts';
import { Asn1Error } from '../der/asn1-error.ts';

export type Pkcs12ErrorKind =
  | 'malformed'
  /** The password does not fit; a changed octet looks the same. */
  | 'wrong-password'
  | 'unsupported-algorithm'
  /** RC2, which Node's OpenSSL does not have any more. */
  | 'rc2';

/** A PKCS #12 file, or a key that a password closes, that we do not take. Holds nothing of it. */
export class Pkcs12Error extends Error {
  readonly kind: Pkcs12ErrorKind;

  constructor(kind: Pkcs12ErrorKind) {
    super(`PKCS #12: ${kind}`);
    this.name = 'Pkcs12Error';
    this.kind = kind;
  }
}

/** What a reader below threw, in the words of Pkcs12Error; anything else as it is. */
export function asPkcs12Error(error: unknown): unknown {
  if (error instanceof Asn1Error) return new Pkcs12Error('malformed');
  if (!(error instanceof CmsError)) return error;
  return new Pkcs12Error(error.kind === 'unsupported-algorithm' ? 'unsupported-algorithm' : 'malformed');
}
