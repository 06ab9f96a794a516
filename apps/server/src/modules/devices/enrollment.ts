import type { Ownership } from '@keyhaven/api-contract/device';
import type { DeviceId, EnrollmentId, IdentityId, PersonId, SessionId } from '../../kernel/id.ts';

export type EnrollmentState = 'offered' | 'authenticated' | 'active' | 'ended' | 'quarantined';

/** One generation of a Mac's enrollment, from the offer of a profile on. */
export type Enrollment = {
  readonly id: EnrollmentId;
  readonly personId: PersonId;
  readonly sessionId: SessionId | null;
  /** What IT asked for at the offer; null: its list of company-owned Macs decides. */
  readonly ownership: Ownership | null;
  readonly deviceId: DeviceId | null;
  readonly state: EnrollmentState;
  readonly expiresAt: Date;
  readonly profileServedAt: Date | null;
  readonly udid: string | null;
  /** Why its Mac was not let in. */
  readonly refusedBecause: EnrollmentRefusal | null;
};

/** What a certificate was asked for: to enroll, or to go on when the one before ends. */
export type IdentityPurpose = 'enrollment' | 'renewal';

/** Why a Mac was not let in. */
export type EnrollmentRefusal = 'user-enrollment' | 'refused-by-it';

/** Who a certificate of ours stands for. `current`: it is the generation of its Mac that counts now. */
export type KnownMac = {
  readonly enrollment: EnrollmentId;
  readonly state: EnrollmentState;
  readonly person: PersonId;
  readonly udid: string | null;
  readonly device: DeviceId | null;
  readonly ownership: Ownership;
  readonly current: boolean;
  readonly identity: {
    readonly id: IdentityId;
    readonly purpose: IdentityPurpose;
    /** Whether its Mac has spoken under it before. */
    readonly used: boolean;
    readonly revoked: boolean;
    /** Whether an earlier certificate of this enrollment still counts. */
    readonly replaces: boolean;
  };
};
