import type { EnrollmentId } from '../../kernel/id.ts';

export type PushRequest = {
  readonly topic: string;
  readonly token: Buffer;
  readonly magic: string;
};
export type PushOutcome =
  /** Accepted. That says nothing about the Mac. */
  | 'sent'
  /** The token is not good any more (410, BadDeviceToken). */
  | 'token-refused'
  /** Try again later. */
  | 'not-sent';

/** Tells Macs to connect, through Apple. */
export type Push = { readonly send: (request: PushRequest) => Promise<PushOutcome> };

/** Wakes the Mac of an enrollment. Never throws: a push is a hint, and the timer repeats it. */
export type Wake = (enrollment: EnrollmentId) => void;
