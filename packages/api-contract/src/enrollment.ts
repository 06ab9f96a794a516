import { z } from 'zod';
import { ownership } from './device.ts';
import { id, timestamp } from './primitives.ts';

export const createEnrollmentBody = z.strictObject({
  /** Only with `device:write`. */
  ownership: ownership.optional(),
});

/** `profileUrl` answers once, and only to the session that made the enrollment. */
export const createdEnrollment = z.object({ id, profileUrl: z.string(), expiresAt: timestamp });
export type CreatedEnrollment = z.infer<typeof createdEnrollment>;

/** How far an enrollment has come, for the person who waits for their Mac. */
export const enrollmentProgress = z.object({
  id,
  /**
   * `offered`: the profile waits to be fetched · `downloaded` · `identified`: the Mac has its certificate · `arrived`: it
   * has said who it is · `live`: it can be managed · `quarantined`: it says that it is somebody else's; IT decides ·
   * `refused` · `expired`: nobody fetched or used the profile in time · `ended`.
   */
  state: z.enum([
    'offered',
    'downloaded',
    'identified',
    'arrived',
    'live',
    'quarantined',
    'refused',
    'expired',
    'ended',
  ]),
  /** Why it was refused. `user-enrollment`: Apple forbids every FileVault command there. */
  refusal: z.enum(['user-enrollment', 'refused-by-it']).nullable(),
  /** The Mac, once it is this person's. */
  deviceId: id.nullable(),
  expiresAt: timestamp,
});
export type EnrollmentProgress = z.infer<typeof enrollmentProgress>;
