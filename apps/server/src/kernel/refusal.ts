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
  | { readonly kind: 'changed-meanwhile' }
  | { readonly kind: 'too-many-requests'; readonly retryAfterSeconds: number };
