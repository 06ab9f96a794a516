import type { DeviceConcern } from '@keyhaven/api-contract/device';
import { after, days } from '../../kernel/clock.ts';
import type { OddFacts, SeenDevice } from './seen-device.ts';

/** A Mac in use says something every day; one that has said nothing for so long is worth a look. */
const silentAfter = days(14);

type Facts = OddFacts & Pick<SeenDevice, 'enrollmentState' | 'removedAt' | 'quarantinedAt' | 'lastContactAt'>;

/** What is odd about a Mac, for its owner and IT. Only of one that is meant to be in contact; one that has left has nothing to be put right. */
export function concernsOf(mac: Facts, now: Date): readonly DeviceConcern[] {
  if (mac.removedAt !== null || mac.enrollmentState === 'ended') return [];
  const expired = mac.certificateEndsAt !== null && mac.certificateEndsAt < now;
  const found: Readonly<Partial<Record<DeviceConcern, boolean>>> = {
    'certificate-shared': mac.certificateSharedAt !== null,
    restored: mac.restoredAt !== null,
    'certificate-expired': expired,
    'serial-number-shared': mac.serialNumberShared,
    'push-refused': mac.pushRefusedAt !== null,
    'not-user-approved': mac.userApproved === false,
    'user-enrollment': mac.userEnrollment === true,
    'other-escrow-profile': mac.otherEscrowProfile !== null,
    silent: !expired && mac.lastContactAt !== null && mac.lastContactAt < after(now, -silentAfter),
  };
  return order.filter((concern) => found[concern] === true);
}

/** The gravest first. */
const order = [
  'certificate-shared',
  'restored',
  'certificate-expired',
  'serial-number-shared',
  'user-enrollment',
  'not-user-approved',
  'other-escrow-profile',
  'push-refused',
  'silent',
] as const;
