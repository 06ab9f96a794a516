export type Asn1ErrorKind =
  | 'too-large'
  | 'too-deep'
  | 'too-many-nodes'
  | 'truncated'
  | 'bad-length'
  | 'bad-tag'
  | 'bad-value'
  | 'unexpected'
  | 'trailing-bytes';

/** Bytes that are not the ASN.1 asked for. Says what is wrong and at which octet, never what stood there. */
export class Asn1Error extends Error {
  readonly kind: Asn1ErrorKind;
  /** Octets from the beginning of the bytes that were read. */
  readonly offset: number;

  constructor(kind: Asn1ErrorKind, offset: number) {
    super(`ASN.1 ${kind} at octet ${offset}`);
    this.name = 'Asn1Error';
    this.kind = kind;
    this.offset = offset;
  }
}
