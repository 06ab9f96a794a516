import { z } from 'zod';
import { keySource } from './device.ts';
import { listOf, timestamp, words } from './primitives.ts';

/**
 * What the owner typed. The strings are judged by the vault, not here, so that no schema error can repeat them: an
 * over-long one is a malformed key like any other.
 */
export const storeKeyBody = z.strictObject({ recoveryKey: z.string(), confirmation: z.string() });

export const revealBody = z.strictObject({
  /** 8–500 characters; needed from everybody but the owner. */
  reason: words(500).optional(),
  /** An older version of this Mac's key; the current one when absent. */
  version: z.int().min(1).optional(),
});

export const rotateBody = z.strictObject({ reason: words(500).optional() });

export const keyVersionState = z.enum([
  'candidate',
  'current',
  'superseded',
  'rejected',
  'unproven',
  'unreadable',
]);
export type KeyVersionState = z.infer<typeof keyVersionState>;

/** The only answer of the whole API that holds a recovery key. `Cache-Control: no-store`. */
export const revealedKey = z.object({
  /** `ABCD-2345-EFGH-6789-TUVW-XYZ2` */
  recoveryKey: z.string(),
  version: z.int(),
  state: keyVersionState,
  storedAt: timestamp,
  provenAt: timestamp.nullable(),
  hideAfterSeconds: z.literal(300),
});
export type RevealedKey = z.infer<typeof revealedKey>;

export const keyVersion = z.object({
  version: z.int(),
  state: keyVersionState,
  source: keySource,
  storedAt: timestamp,
  provenAt: timestamp.nullable(),
  /** Whether this caller could ask to see this version. */
  canReveal: z.boolean(),
});
export const keyVersionList = listOf(keyVersion);
export type KeyVersion = z.infer<typeof keyVersion>;

export const accessLogEntry = z.object({
  at: timestamp,
  /** Who: a person's name, `Keyhaven`, or `the Mac`. */
  by: z.string(),
  /** Whether it was the owner. */
  byOwner: z.boolean(),
  what: z.enum(['stored', 'viewed', 'rotated', 'asked-to-rotate', 'sent-to-mac', 'attempt-failed']),
  version: z.int().nullable(),
  reason: z.string().nullable(),
});
export const accessLog = listOf(accessLogEntry);
export type AccessLogEntry = z.infer<typeof accessLogEntry>;
