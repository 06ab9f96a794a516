import type { Ownership } from '@keyhaven/api-contract/device';
import type { DeviceId, EnrollmentId, PersonId, SessionId } from '../../kernel/id.ts';

export type EnrollmentState = 'offered' | 'authenticated' | 'active' | 'ended' | 'quarantined';

/** One generation of a Mac's enrollment, from the offer of a profile on. */
export type Enrollment = {
  readonly id: EnrollmentId;
  readonly personId: PersonId;
  readonly sessionId: SessionId | null;
  readonly ownership: Ownership;
  readonly deviceId: DeviceId | null;
  readonly state: EnrollmentState;
  readonly expiresAt: Date;
  readonly profileServedAt: Date | null;
  readonly udid: string | null;
};

/** Who a certificate of ours stands for. `current`: it is the generation of its Mac that counts now. */
export type KnownMac = {
  readonly enrollment: EnrollmentId;
  readonly state: EnrollmentState;
  readonly person: PersonId;
  readonly udid: string | null;
  readonly device: DeviceId | null;
  readonly ownership: Ownership;
  readonly current: boolean;
};
