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
  'not-quarantined': {
    status: 409,
    title: 'This Mac is not in quarantine',
    detail: 'Somebody has settled it already, or it never was.',
  },
  'in-quarantine': {
    status: 409,
    title: 'This Mac is in quarantine',
    detail: 'Settle first whose Mac it is; then say who owns it.',
  },
  'push-certificate-missing': {
    status: 409,
    title: 'There is no push certificate yet',
    detail: 'A Mac can be enrolled only once an administrator has stored the push certificate.',
  },
  'push-certificate-unreadable': {
    status: 422,
    title: 'This cannot be read',
    detail: 'Send the certificate and its key as PEM, or both as a PKCS #12 file.',
  },
  'push-certificate-password': {
    status: 422,
    title: 'The password does not fit',
    detail: 'The key or the file is encrypted, and this password does not open it.',
  },
  'push-certificate-old-cipher': {
    status: 422,
    title: 'This file is encrypted in a way that is no longer supported',
    detail: 'Convert it: openssl pkcs12 -legacy -in old.p12 -nodes -out push.pem. Then send push.pem.',
  },
  'push-certificate-not-rsa': {
    status: 422,
    title: 'This certificate is not for an RSA key',
    detail: "Apple's push certificates are for RSA keys of at least 2048 bits.",
  },
  'push-certificate-no-key': {
    status: 422,
    title: 'The key of this certificate is missing',
    detail: 'It answers none of the requests made here. Send the key with it.',
  },
  'push-certificate-key-differs': {
    status: 422,
    title: 'Key and certificate do not belong together',
    detail: 'Send the key that the request for this certificate was made with.',
  },
  'push-certificate-no-topic': {
    status: 422,
    title: 'This is not an MDM push certificate',
    detail: 'The user ID in the subject of an MDM push certificate begins with com.apple.mgmt.',
  },
  'push-certificate-expired': {
    status: 422,
    title: 'This certificate has expired',
    detail: 'Renew it at identity.apple.com and send the new one.',
  },
  'push-certificate-not-yet-valid': {
    status: 422,
    title: 'This certificate is not valid yet',
    detail: 'Its first day is still to come. Check the clock of this server.',
  },
  'push-certificate-other-topic': {
    status: 409,
    title: 'This certificate has another topic',
    detail: 'Macs are enrolled with the present topic, and only a certificate that was renewed reaches them.',
  },
  'push-request-answer-unreadable': {
    status: 422,
    title: 'This is not the answer to this request',
    detail: 'Send the attachment of the mail that answered this very request.',
  },
  'rotation-not-allowed': {
    status: 409,
    title: 'Recovery keys are not sent to Macs here',
    detail: 'This installation has not allowed recovery keys to pass through NanoMDM. Ask IT.',
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
