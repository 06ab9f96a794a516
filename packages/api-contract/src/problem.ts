import { z } from 'zod';

/** Every `code` an error answer can carry. docs/errors.md explains each; a test holds the two together. */
export const problemCodes = [
  'invalid-request',
  'payload-too-large',
  'not-signed-in',
  'origin-required',
  'forbidden',
  'fresh-sign-in-required',
  'personal-device',
  'reason-required',
  'not-found',
  'no-recovery-key',
  'keys-must-match',
  'malformed-recovery-key',
  'attempt-in-progress',
  'already-delivered',
  'device-not-enrolled',
  'not-quarantined',
  'in-quarantine',
  'push-certificate-missing',
  'push-certificate-unreadable',
  'push-certificate-password',
  'push-certificate-old-cipher',
  'push-certificate-not-rsa',
  'push-certificate-no-key',
  'push-certificate-key-differs',
  'push-certificate-no-topic',
  'push-certificate-expired',
  'push-certificate-not-yet-valid',
  'push-certificate-other-topic',
  'push-request-answer-unreadable',
  'rotation-not-allowed',
  'changed-meanwhile',
  'too-many-requests',
  'unavailable',
  'internal-error',
] as const;

export const problemCode = z.enum(problemCodes);
export type ProblemCode = z.infer<typeof problemCode>;

/** RFC 9457, `application/problem+json`. `detail` never repeats what was sent. */
export const problem = z.object({
  type: z.string(),
  code: problemCode,
  title: z.string(),
  detail: z.string(),
  status: z.int(),
  /** The field that was refused, as a JSON path such as `confirmation`; only with `invalid-request` and 422. */
  field: z.string().optional(),
});
export type Problem = z.infer<typeof problem>;
