import { createHash } from 'node:crypto';
import { enrollmentProfile } from '@keyhaven/apple-mdm/profiles/enrollment-profile';
import type { EnrollmentId } from '../../kernel/id.ts';

/** Where Macs find us. These can never change for an enrolled Mac. */
export type DeviceAddresses = {
  /** Of `PUT /mdm`. */
  readonly mdmUrl: string;
  /** What takes its place where each enrollment has an address of its own. */
  readonly mdmUrlOf?: (enrollment: EnrollmentId) => string;
  /** SCEP's, without the enrollment's id. */
  readonly scepUrl: string;
  /** UID of the push certificate: `com.apple.mgmt.…`. */
  readonly pushTopic: string;
};

/** The PayloadIdentifier of a generation's enrollment profile. */
export const enrollmentProfileIdentifier = (enrollment: EnrollmentId): string =>
  `app.keyhaven.enrollment.${enrollment}`;

/** The profile that enrolls one Mac, once. It holds the challenge. */
export function renderEnrollmentProfile(input: {
  readonly enrollment: EnrollmentId;
  readonly challenge: string;
  readonly addresses: DeviceAddresses;
  readonly deviceCa: Buffer;
  readonly organization: string;
}): Buffer {
  const { enrollment, challenge, addresses, deviceCa, organization } = input;
  const names = (part: string): { readonly identifier: string; readonly uuid: string } => ({
    identifier: `${enrollmentProfileIdentifier(enrollment)}.${part}`,
    uuid: stableUuid(`${enrollment} ${part}`),
  });
  return enrollmentProfile({
    identifier: enrollmentProfileIdentifier(enrollment),
    uuid: stableUuid(enrollment),
    displayName: 'Recovery key management',
    organization,
    description: 'Lets your organization turn FileVault on and keep the recovery key of this Mac safe.',
    scep: {
      ...names('identity'),
      url: `${addresses.scepUrl}/${enrollment}`,
      challenge,
      commonName: enrollment,
      caFingerprint: createHash('sha256').update(deviceCa).digest(),
    },
    mdm: {
      ...names('mdm'),
      topic: addresses.pushTopic,
      serverUrl: addresses.mdmUrlOf?.(enrollment) ?? addresses.mdmUrl,
    },
  });
}

// A UUID that stays the same for one part of one generation's profile, so that a change replaces it.
export function stableUuid(name: string): string {
  const hex = createHash('sha256').update(name).digest('hex').toUpperCase();
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join(
    '-',
  );
}
