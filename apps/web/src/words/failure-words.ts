import type { FailureReason } from '@keyhaven/api-contract/attempt';

/** The one thing to do next after a failed attempt; the page turns it into a button or the contact card. */
export type NextStep = 'try-again' | 'check-status' | 'contact' | 'turn-on-filevault' | 'see-newest' | 'none';

const nextSteps: Readonly<Record<FailureReason, NextStep>> = {
  'wrong-key': 'try-again',
  'device-unreachable': 'check-status',
  'policy-missing': 'contact',
  'not-encrypted': 'turn-on-filevault',
  'device-error': 'contact',
  're-enrolled': 'try-again',
  superseded: 'see-newest',
  cancelled: 'none',
};

export const nextStepAfter = (reason: FailureReason): NextStep => nextSteps[reason];

/** A cancelled attempt is what somebody wanted: it is told, but neither as a failure nor with a toast. */
export const isFailureToTell = (reason: FailureReason | null): boolean => reason !== 'cancelled';
