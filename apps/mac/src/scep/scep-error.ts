export type ScepFailure =
  | 'unreachable'
  | 'unexpected-content-type'
  | 'no-digest-offered'
  | 'wrong-ca-fingerprint'
  | 'http-status'
  | 'reply-not-from-ca'
  | 'reply-of-another-transaction'
  | 'reply-malformed'
  | 'refused'
  | 'pending'
  | 'certificate-of-another-key';

/** The SCEP exchange failed; `detail` is a status or failInfo, never content. */
export class ScepError extends Error {
  override readonly name = 'ScepError';
  readonly kind: ScepFailure;
  constructor(kind: ScepFailure, detail = '') {
    super(detail === '' ? kind : `${kind}: ${detail}`);
    this.kind = kind;
  }
}
