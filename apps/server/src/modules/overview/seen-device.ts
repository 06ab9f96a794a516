import type { AttemptKind, FailureReason } from '@keyhaven/api-contract/attempt';
import type { KeySource, Ownership } from '@keyhaven/api-contract/device';
import type { PersonActor } from '../../kernel/actor.ts';
import type { AttemptId, DeviceId, PersonId } from '../../kernel/id.ts';
import type { EnrollmentState } from '../devices/enrollment.ts';
import type { AttemptState } from '../escrow/attempt.ts';
import type { ProfileState } from '../policy/policy-settings.ts';

export type SeenAttempt = {
  readonly id: AttemptId;
  readonly kind: AttemptKind;
  readonly state: AttemptState;
  readonly reason: FailureReason | null;
  readonly startedAt: Date;
  readonly startedByName: string;
  readonly deliveredAt: Date | null;
  readonly endedAt: Date | null;
  readonly deviceWords: string | null;
};

/** The newest version of one state. */
export type SeenKey = {
  readonly state: 'current' | 'unproven' | 'candidate';
  readonly version: number;
  readonly source: KeySource;
  readonly storedAt: Date;
  readonly provenAt: Date | null;
};

/** Whose it is, for the one rule about who sees a Mac. */
export type Belonging = { readonly ownerId: PersonId; readonly quarantinedAt: Date | null };

/** What makes one wonder about a Mac; concerns.ts says when. */
export type OddFacts = {
  /** Another Mac that is still here, of anybody, has the same serial number. */
  readonly serialNumberShared: boolean;
  readonly certificateSharedAt: Date | null;
  /** End of the newest certificate that counts. */
  readonly certificateEndsAt: Date | null;
  readonly pushRefusedAt: Date | null;
  readonly restoredAt: Date | null;
  /** What the Mac tells of its management. null: it has not said. */
  readonly userApproved: boolean | null;
  readonly userEnrollment: boolean | null;
  /** The name of another profile that escrows keys or turns FileVault on. */
  readonly otherEscrowProfile: string | null;
  /** What the Mac said when it refused the newest FileVault profile. */
  readonly profileRefusal: string | null;
  /** In quarantine: the Mac that it says it is. */
  readonly claimsDeviceId: DeviceId | null;
};

/** Everything that the pages show of one Mac, in one row. */
export type SeenDevice = Belonging &
  OddFacts & {
    readonly id: DeviceId;
    readonly name: string;
    readonly serialNumber: string | null;
    readonly model: string | null;
    readonly osVersion: string | null;
    readonly ownership: Ownership;
    readonly ownerName: string;
    readonly ownerEmail: string;
    readonly encryptionEnabled: boolean | null;
    readonly hasPersonalRecoveryKey: boolean | null;
    readonly encryptionReportedAt: Date | null;
    readonly lastContactAt: Date | null;
    readonly removedAt: Date | null;
    readonly enrollmentState: EnrollmentState | null;
    readonly enrolledAt: Date;
    readonly profileState: ProfileState;
    readonly attempt: SeenAttempt | null;
    readonly keys: readonly SeenKey[];
    /** Whether a version has bytes to show, and one of those that IT may see. */
    readonly hasShowable: boolean;
    readonly hasCorporateShowable: boolean;
  };

/** Whether this person is the owner. Nobody owns a Mac in quarantine. */
export const isOwnedBy = ({ ownerId, quarantinedAt }: Belonging, actor: PersonActor): boolean =>
  quarantinedAt === null && ownerId === actor.person;

export const isSeenBy = (mac: Belonging, actor: PersonActor): boolean =>
  isOwnedBy(mac, actor) || actor.permissions.has('device:read');

export const isEnrolled = (
  mac: Pick<SeenDevice, 'enrollmentState' | 'removedAt' | 'quarantinedAt'>,
): boolean => mac.enrollmentState === 'active' && mac.removedAt === null && mac.quarantinedAt === null;
