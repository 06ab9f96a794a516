import { createHash } from 'node:crypto';
import { type PlistDict, type PlistValue, writePlist } from '../plist.ts';

const SCEP_UUID = '0D8F3F1C-7C0A-4C43-9C5E-3B7E6C3A9F01';

export function enrollmentProfile(serverUrl: string, caDer: Buffer, changes: PlistDict = {}): Buffer {
  return profile('org.example.enrollment', [
    {
      PayloadType: 'com.apple.security.scep',
      PayloadVersion: 1n,
      PayloadIdentifier: 'org.example.enrollment.scep',
      PayloadUUID: SCEP_UUID,
      PayloadContent: {
        URL: `${serverUrl}/scep`,
        Name: 'device-ca',
        Challenge: 'one-time+challenge_1',
        Subject: [[['CN', '%SerialNumber%']], [['O', 'Ünited & Co']]],
        Keysize: 2048n,
        'Key Type': 'RSA',
        'Key Usage': 5n,
        CAFingerprint: createHash('sha256').update(caDer).digest(),
      },
    },
    {
      PayloadType: 'com.apple.mdm',
      PayloadVersion: 1n,
      PayloadIdentifier: 'org.example.enrollment.mdm',
      PayloadUUID: 'B6A7B1B4-3E5D-4B7C-8A56-6E7B30B5C902',
      IdentityCertificateUUID: SCEP_UUID,
      Topic: 'com.apple.mgmt.External.test',
      ServerURL: `${serverUrl}/mdm`,
      SignMessage: true,
      CheckOutWhenRemoved: true,
      AccessRights: 1047n,
      ...changes,
    },
  ]);
}

export function escrowProfile(
  certificate: Buffer,
  identifier = 'org.example.filevault',
  namedUuid = 'AAAAAAAA-0000-4000-8000-000000000001',
): Buffer {
  return profile(identifier, [
    {
      PayloadType: 'com.apple.security.pkcs1',
      PayloadVersion: 1n,
      PayloadIdentifier: `${identifier}.certificate`,
      PayloadUUID: 'AAAAAAAA-0000-4000-8000-000000000001',
      PayloadContent: certificate,
    },
    {
      PayloadType: 'com.apple.security.FDERecoveryKeyEscrow',
      PayloadVersion: 1n,
      PayloadIdentifier: `${identifier}.escrow`,
      PayloadUUID: 'AAAAAAAA-0000-4000-8000-000000000002',
      Location: 'The help desk has it',
      DeviceKey: 'asset-17',
      EncryptCertPayloadUUID: namedUuid,
    },
  ]);
}

export function profile(identifier: string, payloads: readonly PlistValue[]): Buffer {
  return writePlist({
    PayloadType: 'Configuration',
    PayloadVersion: 1n,
    PayloadIdentifier: identifier,
    PayloadUUID: 'C1C1C1C1-0000-4000-8000-000000000000',
    PayloadDisplayName: 'A profile',
    PayloadScope: 'System',
    TargetDeviceType: 5n,
    PayloadContent: payloads,
  });
}
