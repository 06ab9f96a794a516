import { APPLE_ENVELOPE, type EnvelopeShape } from './cms/enveloped-data.ts';
import type { ScepHabits } from './scep/scep-client.ts';

/** How this Mac writes what Apple has written in more than one way, and what differs between releases. */
export type Habits = {
  /** Captured Macs: SHA-1 without attributes. Newer ones may use SHA-256 with them. */
  readonly signature: 'sha1-bare' | 'sha256-attributes';
  /** The CMS of recovery keys, in rotation answers and in the escrow copy. */
  readonly envelope: EnvelopeShape;
  readonly scep: ScepHabits;
  /** Seen once on macOS 26: the escrow payload alone makes a new key and escrows it. */
  readonly silentReEscrow: boolean;
};

export const APPLE_HABITS: Habits = {
  signature: 'sha1-bare',
  envelope: APPLE_ENVELOPE,
  scep: { envelope: 'der', requestVersion: 0 },
  silentReEscrow: false,
};
