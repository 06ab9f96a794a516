import type { EnrollmentId } from '../../kernel/id.ts';

export type PushRequest = {
  readonly enrollment: EnrollmentId;
  readonly topic: string;
  readonly token: Buffer;
  readonly magic: string;
};
export type PushOutcome =
  /** Accepted. That says nothing about the Mac. */
  | 'sent'
  /** The token is not good any more (410, BadDeviceToken). */
  | 'token-refused'
  /** The same, and since when Apple knows: a token that the Mac gave us after that is good. */
  | { readonly kind: 'token-refused'; readonly since: Date }
  /** Try again in a minute. */
  | 'not-sent'
  /** Try this Mac again after that time, not before. */
  | { readonly kind: 'later'; readonly milliseconds: number };

/** Tells Macs to connect, through Apple. Never throws, and answers within seconds. */
export type Push = { readonly send: (request: PushRequest) => Promise<PushOutcome> };

/** Wakes the Mac of an enrollment. Never throws: a push is a hint, and the timer repeats it. */
export type Wake = (enrollment: EnrollmentId) => void;

/**
 * How commands come to Macs. Every adapter passes transport.contract.ts with simulated Macs. What a Mac says comes in
 * by routes of the adapter, and goes to the conversation as it came.
 */
export type MdmTransport = {
  /**
   * Commands stay with another server until the Mac has answered them for good. Then neither Idle nor NotNow says that
   * one is lost, none is handed over twice, and `push` hands over what is due before it wakes the Mac.
   */
  readonly keepsCommands: boolean;
  /**
   * Whether we see the certificate that a Mac speaks under. Where another server does, a live enrollment that begins once
   * more may have been taken over with a certificate of somebody else's.
   */
  readonly showsCertificates: boolean;
  readonly push: Push;
};
