/** Why a push certificate cannot be used, whoever hands it in. */
export type PushCertificateFlaw =
  | 'push-certificate-unreadable'
  | 'push-certificate-password'
  | 'push-certificate-old-cipher'
  | 'push-certificate-not-rsa'
  | 'push-certificate-no-key'
  | 'push-certificate-key-differs'
  | 'push-certificate-no-topic'
  | 'push-certificate-expired'
  | 'push-certificate-not-yet-valid';

/**
 * Every expected "no" of the product. The one switch that turns them into HTTP statuses is in platform/http and is
 * exhaustive. No member may ever hold what a person or a Mac sent.
 */
export type Refusal =
  | { readonly kind: 'not-found' }
  | { readonly kind: 'forbidden' }
  | { readonly kind: 'fresh-sign-in-required' }
  | { readonly kind: 'personal-device' }
  | { readonly kind: 'reason-required' }
  | { readonly kind: 'no-recovery-key' }
  | { readonly kind: 'keys-must-match' }
  | { readonly kind: 'malformed-recovery-key'; readonly field: 'recoveryKey' | 'confirmation' }
  | { readonly kind: 'attempt-in-progress' }
  | { readonly kind: 'already-delivered' }
  | { readonly kind: 'device-not-enrolled' }
  | { readonly kind: 'not-quarantined' }
  | { readonly kind: 'in-quarantine' }
  | { readonly kind: 'push-certificate-missing' }
  | { readonly kind: PushCertificateFlaw }
  | { readonly kind: 'push-certificate-other-topic' }
  | { readonly kind: 'push-request-answer-unreadable' }
  | { readonly kind: 'rotation-not-allowed' }
  | { readonly kind: 'changed-meanwhile' }
  | { readonly kind: 'too-many-requests'; readonly retryAfterSeconds: number };
