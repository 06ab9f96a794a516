import type { PlistDict } from '../plist/value.ts';
import { type PayloadNames, type ProfileTitle, payload, titled, writeProfile } from './payload.ts';

/**
 * Inspect and install profiles (1, 2), lock and passcode removal, which rotation needs (4), device and security queries
 * (16, 1024): the least that escrow, rotation and inventory need. No erase. Bits can never be added (section 1.3).
 */
export const escrowAccessRights = 1 + 2 + 4 + 16 + 1024;

export interface EnrollmentProfile extends PayloadNames, ProfileTitle {
  readonly scep: ScepPayload;
  readonly mdm: MdmPayload;
  /** Only where the server's TLS chain is private. DER. */
  readonly rootCertificate?: PayloadNames & { readonly der: Uint8Array };
}

export interface ScepPayload extends PayloadNames {
  /** Without a query string. */
  readonly url: string;
  /** A secret, good once. */
  readonly challenge: string;
  /** Common name of the requested certificate; the issuer may well choose another. */
  readonly commonName: string;
  /** SHA-256 of the CA certificate's DER: 32 bytes, by which macOS tells the algorithm. */
  readonly caFingerprint: Uint8Array;
}

export interface MdmPayload extends PayloadNames {
  /** The UID of the push certificate's subject. Can never change. */
  readonly topic: string;
  /** Can never change. */
  readonly serverUrl: string;
  /** Left out, serverUrl serves both. Can never change. */
  readonly checkInUrl?: string;
}

/**
 * The unsigned enrollment profile (reference sections 1.1 to 1.5). Holds the challenge: serve it once.
 *
 * @throws RangeError for a fingerprint that is not 32 bytes, or a topic that does not start with com.apple.mgmt.
 */
export function enrollmentProfile(profile: EnrollmentProfile): Buffer {
  const root = profile.rootCertificate;
  return writeProfile(profile, profile, [
    ...(root === undefined
      ? []
      : [payload('com.apple.security.root', root, { PayloadContent: root.der, ...titled(profile) })]),
    scepPayload(profile),
    mdmPayload(profile),
  ]);
}

function scepPayload(profile: EnrollmentProfile): PlistDict {
  const { url, challenge, commonName, caFingerprint, ...names } = profile.scep;
  if (caFingerprint.length !== 32) throw new RangeError('caFingerprint is not the 32 bytes of a SHA-256');
  return payload('com.apple.security.scep', names, {
    ...titled(profile),
    PayloadContent: {
      URL: url,
      Challenge: challenge,
      Subject: [[['CN', commonName]]],
      Keysize: 2048,
      'Key Type': 'RSA',
      // 1 signing + 4 encryption.
      'Key Usage': 5,
      CAFingerprint: caFingerprint,
      Retries: 3,
      RetryDelay: 10,
      KeyIsExtractable: false,
      AllowAllAppsAccess: false,
    },
  });
}

function mdmPayload(profile: EnrollmentProfile): PlistDict {
  const { topic, serverUrl, checkInUrl, ...names } = profile.mdm;
  if (!topic.startsWith('com.apple.mgmt.')) throw new RangeError('topic does not start with com.apple.mgmt.');
  return payload('com.apple.mdm', names, {
    ...titled(profile),
    IdentityCertificateUUID: profile.scep.uuid,
    Topic: topic,
    ServerURL: serverUrl,
    ...(checkInUrl === undefined ? {} : { CheckInURL: checkInUrl }),
    AccessRights: escrowAccessRights,
    SignMessage: true,
    CheckOutWhenRemoved: true,
    ServerCapabilities: ['com.apple.mdm.per-user-connections'],
  });
}
