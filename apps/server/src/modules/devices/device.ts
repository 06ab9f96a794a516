import type { Ownership } from '@keyhaven/api-contract/device';
import type { DeviceId, EnrollmentId, PersonId } from '../../kernel/id.ts';

/** One Mac over all its enrollments. UDID and serial number are only the Mac's word. */
export type Device = {
  readonly id: DeviceId;
  readonly udid: string;
  readonly serialNumber: string | null;
  readonly ownerId: PersonId;
  readonly ownership: Ownership;
  readonly ownershipChangedAt: Date | null;
  readonly name: string;
  readonly encryptionEnabled: boolean | null;
  readonly hasPersonalRecoveryKey: boolean | null;
  readonly encryptionReportedAt: Date | null;
  readonly lastContactAt: Date | null;
  /** The generation that counts now. */
  readonly enrollmentId: EnrollmentId | null;
  readonly enrollmentState: 'authenticated' | 'active' | 'ended' | 'quarantined' | null;
  readonly quarantinedAt: Date | null;
  readonly removedAt: Date | null;
  readonly lastKeyVersion: number;
};

/** What a Mac tells of itself. Absent is null and changes nothing that is known. */
export type Inventory = {
  readonly deviceName: string | null;
  readonly serialNumber: string | null;
  readonly model: string | null;
  readonly productName: string | null;
  readonly osVersion: string | null;
  readonly buildVersion: string | null;
};
