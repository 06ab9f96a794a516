import { createHash } from 'node:crypto';
import { enrollmentProfile } from '@keyhaven/apple-mdm/profiles/enrollment-profile';
import type { EnrollmentId } from '../../kernel/id.ts';
import type { Database } from '../../platform/db/database.ts';
import type { Vault } from '../../vault/vault.ts';
import { findPushTopic } from './enrollments.store.ts';

/** Where Macs find us. These can never change for an enrolled Mac. */
export type DeviceAddresses = {
  /** Of `PUT /mdm`. */
  readonly mdmUrl: string;
  /** What takes its place where each enrollment has an address of its own. */
  readonly mdmUrlOf?: (enrollment: EnrollmentId) => string;
  /** SCEP's, without the enrollment's id. */
  readonly scepUrl: string;
  /** DER of the private root that the TLS certificate leads to, which Macs do not know; null: a public one. */
  readonly tlsRoot: Buffer | null;
};

/** The PayloadIdentifier of a generation's enrollment profile. */
export const enrollmentProfileIdentifier = (enrollment: EnrollmentId): string =>
  `app.keyhaven.enrollment.${enrollment}`;

/** The profile that enrolls one Mac, once. It holds the challenge. */
export function renderEnrollmentProfile(input: {
  readonly enrollment: EnrollmentId;
  readonly challenge: string;
  readonly addresses: DeviceAddresses;
  /** UID of the push certificate: `com.apple.mgmt.…`. */
  readonly pushTopic: string;
  readonly deviceCa: Buffer;
  readonly organization: string;
}): Buffer {
  const { enrollment, challenge, addresses, pushTopic, deviceCa, organization } = input;
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
    ...(addresses.tlsRoot === null ? {} : { rootCertificate: { ...names('root'), der: addresses.tlsRoot } }),
    mdm: {
      ...names('mdm'),
      topic: pushTopic,
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

/** Renders and signs the profile of a generation with this challenge. */
export type RenderEnrollmentProfile = (enrollment: EnrollmentId, challenge: string) => Promise<Buffer>;

/** `RenderEnrollmentProfile` of this installation, with the topic that the Mac has: it takes no other. */
export const enrollmentProfileRenderer =
  ({
    database,
    vault,
    addresses,
    organization,
  }: {
    readonly database: Database;
    readonly vault: Vault;
    readonly addresses: DeviceAddresses;
    readonly organization: string;
  }): RenderEnrollmentProfile =>
  async (enrollment, challenge) => {
    const pushTopic = await findPushTopic(database, enrollment);
    if (pushTopic === null) throw new Error('a profile for a Mac that never came');
    const deviceCa = await vault.deviceCa();
    return vault.signProfile(
      renderEnrollmentProfile({ enrollment, challenge, addresses, pushTopic, deviceCa, organization }),
    );
  };
