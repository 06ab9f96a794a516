import type { DeviceConcern } from '@keyhaven/api-contract/device';

/** What the owner does about it, beyond what the sentence says. */
export type ConcernStep = 'enroll' | 'contact' | 'none';

const steps: Readonly<Record<DeviceConcern, ConcernStep>> = {
  silent: 'none',
  'serial-number-shared': 'contact',
  'certificate-shared': 'contact',
  'certificate-expired': 'enroll',
  'push-refused': 'none',
  'not-user-approved': 'none',
  'user-enrollment': 'enroll',
  'other-escrow-profile': 'contact',
  restored: 'enroll',
};

export const concernStep = (concern: DeviceConcern): ConcernStep => steps[concern];
