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
