import type { DigestAlgorithm } from '../cms/signature-algorithm.ts';

/** What a reply repeats of its request (RFC 8894 3.2.1). */
export interface ScepTransaction {
  readonly transactionId: string;
  readonly senderNonce: Buffer;
  readonly digest: DigestAlgorithm;
}

/** Numbers of RFC 8894 3.2.1.4. */
export const FAIL_INFO = {
  'bad-alg': '0',
  'bad-message-check': '1',
  'bad-request': '2',
  'bad-time': '3',
} as const;

export type FailInfo = keyof typeof FAIL_INFO;

/**
 * A request that gets no certificate. Holds nothing of it but what a `pkiFailure` repeats; `transaction` is null when not
 * even that could be read, and the answer is then HTTP 400. All that goes wrong inside the envelope is
 * `bad-message-check`: whoever could tell padding from content could read a captured challenge.
 */
export class ScepError extends Error {
  readonly failInfo: FailInfo;
  readonly transaction: ScepTransaction | null;

  constructor(failInfo: FailInfo, transaction: ScepTransaction | null) {
    super(`SCEP: ${failInfo}`);
    this.name = 'ScepError';
    this.failInfo = failInfo;
    this.transaction = transaction;
  }
}
