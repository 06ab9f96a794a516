import { z } from 'zod';
import { id, timestamp } from './primitives.ts';

export const attemptKind = z.enum(['store', 'rotate']);
export type AttemptKind = z.infer<typeof attemptKind>;

export const attemptState = z.enum(['waiting-for-device', 'rotating', 'uncertain', 'saved', 'failed']);
export type AttemptStateName = z.infer<typeof attemptState>;

export const failureReason = z.enum([
  'wrong-key',
  'device-unreachable',
  'policy-missing',
  'not-encrypted',
  'device-error',
  're-enrolled',
  'superseded',
  'cancelled',
]);
export type FailureReason = z.infer<typeof failureReason>;

/** One try to store or rotate a recovery key. Holds no key. */
export const attempt = z.object({
  id,
  kind: attemptKind,
  state: attemptState,
  reason: failureReason.nullable(),
  startedAt: timestamp,
  endedAt: timestamp.nullable(),
  /** When the Mac was last in contact. */
  lastContactAt: timestamp.nullable(),
  /** Who asked: the name of a person, or `policy`. */
  startedBy: z.string(),
  /** What the owner has to do because we cannot settle it alone; null when nothing. */
  advice: z.enum(['make-new-key-at-mac']).nullable(),
  /** The Mac's own words about its error: only for callers with `device:read`, null for everybody else. */
  deviceError: z.string().nullable(),
});
export type Attempt = z.infer<typeof attempt>;
