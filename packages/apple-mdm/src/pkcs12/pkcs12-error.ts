export type Pkcs12ErrorKind =
  | 'malformed'
  /** The password does not fit; a changed octet looks the same. */
  | 'wrong-password'
  | 'unsupported-algorithm'
  /** RC2, which Node's OpenSSL does not have any more. */
  | 'rc2';

/** A PKCS #12 file that we do not take. Holds nothing of it. */
export class Pkcs12Error extends Error {
  readonly kind: Pkcs12ErrorKind;

  constructor(kind: Pkcs12ErrorKind) {
    super(`PKCS #12: ${kind}`);
    this.name = 'Pkcs12Error';
    this.kind = kind;
  }
}
