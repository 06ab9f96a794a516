import { SealingError } from './sealing-error.ts';

/**
 * How a record is encrypted. 1: AES-256-GCM under a data key of its own, which a KeyEncryption wrapped (file keys:
 * AES-256-GCM again). A number is never given a second meaning, and none means cleartext.
 */
export type Suite = 1;

export const CURRENT_SUITE: Suite = 1;

/** Throws SealingError `unknown-suite`. */
export function parseSuite(byte: number | undefined): Suite {
  if (byte !== CURRENT_SUITE) throw new SealingError('unknown-suite');
  return CURRENT_SUITE;
}
