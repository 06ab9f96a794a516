import type { Problem, ProblemCode } from '@keyhaven/api-contract/problem';
import type { Refusal } from '../../kernel/refusal.ts';

type Words = { readonly status: number; readonly title: string; readonly detail: string };

/** One sentence for every code; docs/errors.md carries the same codes and a test holds the two together. */
export const problemWords: Readonly<Record<ProblemCode, Words>> = {
  'invalid-request': {
    status: 400,
    title: 'The request is not in the expected shape',
    detail: 'A field is missing, of the wrong type, or not known. See "field".',
  },
  'payload-too-large': {
    status: 413,
    title: 'The request is too large',
    detail: 'Send less: the limit is 64 KiB for JSON and 2 MiB for a message from a Mac.',
  },
  'not-signed-in': {
    status: 401,
    title: 'You are not signed in',
    detail: 'Sign in with your work account and try again.',
  },
  'origin-required': {
    status: 403,
    title: 'This request did not come from our own pages',
    detail: 'A change needs an Origin header of this site, or a token.',
  },
  forbidden: {
    status: 403,
    title: 'You may not do this',
    detail: 'Your account does not have the permission for this Mac.',
  },
  'fresh-sign-in-required': {
    status: 403,
    title: 'Sign in again to see a recovery key',
    detail: 'A recovery key is shown only within five minutes of a sign-in.',
  },
  'personal-device': {
    status: 403,
    title: 'This is a personal Mac',
    detail: 'IT can rotate the recovery key of a personal Mac, but never see it.',
  },
  'reason-required': {
    status: 403,
    title: 'A reason is required',
    detail: 'Say in 8 to 500 characters why you need this key. The owner will read it.',
  },
  'not-found': { status: 404, title: 'Not found', detail: 'There is nothing here that you may see.' },
  'no-recovery-key': {
    status: 404,
    title: 'No recovery key is stored for this Mac',
    detail: 'Store the recovery key of this Mac first.',
  },
  'keys-must-match': {
    status: 422,
    title: 'Keys must match',
    detail: 'Keys must match. Check keys and try again.',
  },
  'malformed-recovery-key': {
    status: 422,
    title: 'This is not a recovery key',
    detail: 'A recovery key has 24 letters and digits, in six groups of four.',
  },
  'attempt-in-progress': {
    status: 409,
    title: 'The Mac is already working on a recovery key',
    detail: 'Wait until the Mac has answered, then try again.',
  },
  'already-delivered': {
    status: 409,
    title: 'The Mac already has this request',
    detail: 'What the Mac has been told cannot be taken back. Wait for its answer.',
  },
  'device-not-enrolled': {
    status: 409,
    title: 'This Mac is not enrolled',
    detail: 'Enroll this Mac again, then try once more.',
  },
  'changed-meanwhile': {
    status: 409,
    title: 'Somebody else has changed this',
    detail: 'Look at the newest version, then make your change again.',
  },
  'too-many-requests': {
    status: 429,
    title: 'Too many tries',
    detail: 'Wait for the time in Retry-After, then try again.',
  },
  unavailable: {
    status: 503,
    title: 'Not available for a moment',
    detail: 'Nothing was lost. Try again shortly.',
  },
  'internal-error': {
    status: 500,
    title: 'Something went wrong on our side',
    detail: 'Nothing was lost. Try again, and tell IT if it stays so.',
  },
};

/** The problem document of a code. `field` names what was refused, never its value. */
export function problemOf(code: ProblemCode, field?: string): Problem {
  const { status, title, detail } = problemWords[code];
  return {
    type: `/help/errors#${code}`,
    code,
    title,
    detail,
    status,
    ...(field === undefined ? {} : { field }),
  };
}

/** The code of a refusal: each kind of refusal is a code, and the compiler refuses one that is not. */
export const codeOfRefusal = (refusal: Refusal): ProblemCode => refusal.kind;
