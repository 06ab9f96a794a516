import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseAnswer } from '../command-answer.ts';
import { dictOf } from '../plist/access.ts';
import type { PlistDict } from '../plist/value.ts';
import { parsePlist, writePlist } from '../plist.ts';
import { checkAgainstSchema } from '../schema/check.ts';
import { certificateListCommand, readCertificateList } from './certificate-list.ts';
import { readCommand } from './command.ts';
import { deviceInformationCommand, readDeviceInformation } from './device-information.ts';
import { installProfileCommand } from './install-profile.ts';
import { profileListCommand, readProfileList } from './profile-list.ts';
import { removeProfileCommand } from './remove-profile.ts';
import { readRotation, rotateFileVaultKeyCommand } from './rotate-file-vault-key.ts';
import { readSecurityInfo, securityInfoCommand } from './security-info.ts';

const rotation = rotateFileVaultKeyCommand({
  uuid: 'C-1',
  currentRecoveryKey: 'ABCD-2345-EFGH-6789-TUVW-XYZ2',
  replyCertificate: Buffer.from('certificate'),
});

function answer(result: PlistDict) {
  return parseAnswer(writePlist({ UDID: 'U', Status: 'Acknowledged', CommandUUID: 'C-1', ...result }));
}

describe('a command', () => {
  it.each([
    ['DeviceInformation', deviceInformationCommand('C-1')],
    ['SecurityInfo', securityInfoCommand('C-1')],
    ['InstallProfile', installProfileCommand('C-1', Buffer.from('profile'))],
    ['RemoveProfile', removeProfileCommand('C-1', 'org.example.profile')],
    ['ProfileList', profileListCommand('C-1')],
    ['CertificateList', certificateListCommand('C-1', true)],
    ['RotateFileVaultKey', rotation],
  ])("%s agrees with Apple's schema, and the Mac's side reads it", (requestType, bytes) => {
    expect(checkAgainstSchema('command', requestType, dictOf(parsePlist(bytes)) ?? {})).toEqual([]);
    expect(readCommand(bytes)).toMatchObject({ commandUuid: 'C-1', requestType });
  });

  it('5.3-1 5.3-3 RotateFileVaultKey sends the current key in clear and always a reply certificate (reference section 5.3)', () => {
    expect(readCommand(rotation).request).toEqual({
      RequestType: 'RotateFileVaultKey',
      KeyType: 'personal',
      FileVaultUnlock: { Password: 'ABCD-2345-EFGH-6789-TUVW-XYZ2' },
      ReplyEncryptionCertificate: Buffer.from('certificate'),
    });
  });

  it.each<[string, PlistDict]>([
    ['missing-key at Command', { CommandUUID: 'C-1' }],
    ['missing-key at CommandUUID', { Command: { RequestType: 'SecurityInfo' } }],
    ['missing-key at RequestType', { CommandUUID: 'C-1', Command: {} }],
  ])('with %s is refused', (message, dict) => {
    expect(() => readCommand(writePlist(dict))).toThrow(message);
  });
});

describe('SecurityInfo (reference section 5.2)', () => {
  const result = {
    SecurityInfo: {
      FDE_Enabled: true,
      FDE_HasPersonalRecoveryKey: true,
      FDE_HasInstitutionalRecoveryKey: false,
      FDE_PersonalRecoveryKeyCMS: Buffer.from('cms'),
      FDE_PersonalRecoveryKeyDeviceKey: 'C0123456789',
      SystemIntegrityProtectionEnabled: true,
      IsRecoveryLockEnabled: false,
      BootstrapTokenAllowedForAuthentication: 'not supported',
      SecureBoot: { SecureBootLevel: 'full' },
      ManagementStatus: {
        EnrolledViaDEP: false,
        UserApprovedEnrollment: true,
        IsUserEnrollment: false,
        IsActivationLockManageable: true,
      },
    },
  };

  it('is read whole', () => {
    expect(checkAgainstSchema('answer', 'SecurityInfo', answer(result).result)).toEqual([]);
    expect(readSecurityInfo(answer(result))).toEqual({
      fdeEnabled: true,
      hasPersonalRecoveryKey: true,
      hasInstitutionalRecoveryKey: false,
      personalRecoveryKeyCms: Buffer.from('cms'),
      personalRecoveryKeyDeviceKey: 'C0123456789',
      isUserEnrollment: false,
      userApprovedEnrollment: true,
      enrolledViaDep: false,
      isActivationLockManageable: true,
      systemIntegrityProtectionEnabled: true,
      isRecoveryLockEnabled: false,
      secureBootLevel: 'full',
      bootstrapTokenAllowedForAuthentication: 'not supported',
    });
  });

  it('5.2-1 takes every key as optional, and a wrong type as not said', () => {
    const silent = readSecurityInfo(answer({}));
    expect(new Set(Object.values(silent))).toEqual(new Set([null]));
    const wrong = {
      FDE_Enabled: 'yes',
      FDE_PersonalRecoveryKeyCMS: 'text',
      ManagementStatus: [],
      SecureBoot: 1,
    };
    expect(readSecurityInfo(answer({ SecurityInfo: wrong }))).toEqual(silent);
  });

  it('5.2-1 ignores the undocumented keys of real Macs', () => {
    const novel = {
      FDE_Enabled: false,
      FirewallSettings: { AllowSigned: true },
      SecureBoot: { WindowsBootLevel: 'off' },
    };
    expect(readSecurityInfo(answer({ SecurityInfo: novel }))).toMatchObject({
      fdeEnabled: false,
      secureBootLevel: null,
    });
  });
});

describe('the answers of other commands', () => {
  it('DeviceInformation: what was left out is null', () => {
    const responses = {
      SerialNumber: 'C0123456789',
      IsSupervised: true,
      IsAppleSilicon: true,
      OSVersion: '15.1',
      DeviceName: 5,
    };
    expect(readDeviceInformation(answer({ QueryResponses: responses }))).toMatchObject({
      serialNumber: 'C0123456789',
      isSupervised: true,
      isAppleSilicon: true,
      osVersion: '15.1',
      deviceName: null,
      udid: null,
    });
  });

  it('ProfileList: profiles with their payloads', () => {
    const inner = {
      PayloadType: 'com.apple.mdm',
      PayloadVersion: 1,
      PayloadIdentifier: 'org.example.a.mdm',
      PayloadUUID: 'P-2',
    };
    const item = {
      PayloadIdentifier: 'org.example.a',
      PayloadUUID: 'P-1',
      IsManaged: true,
      PayloadContent: [inner, {}, 'x'],
    };
    const list = answer({ ProfileList: [item, { PayloadUUID: 'nameless' }, 5] });
    expect(readProfileList(list)).toEqual([
      {
        identifier: 'org.example.a',
        uuid: 'P-1',
        displayName: null,
        isManaged: true,
        payloads: [{ type: 'com.apple.mdm', identifier: 'org.example.a.mdm', uuid: 'P-2' }],
      },
    ]);
    expect(readProfileList(answer({}))).toEqual([]);
  });

  it('CertificateList: an entry without its certificate is passed over', () => {
    const entry = { CommonName: 'Device', IsIdentity: true, Data: Buffer.from('der') };
    const list = answer({ CertificateList: [entry, { CommonName: 'no bytes', IsIdentity: false }] });
    expect(readCertificateList(list)).toEqual([
      { commonName: 'Device', isIdentity: true, der: Buffer.from('der') },
    ]);
  });

  it.each<[string, PlistDict, Buffer | null]>([
    ['a key', { RotateResult: { EncryptedNewRecoveryKey: Buffer.from('cms') } }, Buffer.from('cms')],
    ['an empty result', { RotateResult: {} }, null],
    ['no result', {}, null],
    ['empty data', { RotateResult: { EncryptedNewRecoveryKey: Buffer.alloc(0) } }, null],
    ['text', { RotateResult: { EncryptedNewRecoveryKey: 'cms' } }, null],
  ])(
    '5.3-2 RotateFileVaultKey: %s (both keys are optional, reference section 5.3)',
    (_, result, encryptedNewRecoveryKey) => {
      expect(readRotation(answer(result))).toEqual({ encryptedNewRecoveryKey });
    },
  );
});

const reference = process.env['KEYHAVEN_REFERENCE'];

function read(name: string) {
  return parseAnswer(readFileSync(path.join(reference ?? '', name)));
}

describe.runIf(reference !== undefined)('recorded answers', () => {
  it("Apple's sample rotation carries the CMS", () => {
    const sample = read('apple-schema/examples-27.0/rotate-response-personal.plist');
    expect(readRotation(sample).encryptedNewRecoveryKey?.subarray(0, 2)).toEqual(Buffer.from([0x30, 0x80]));
    expect(checkAgainstSchema('answer', 'RotateFileVaultKey', sample.result)).toEqual([]);
  });

  it("Apple's sample of an institutional rotation carries none", () => {
    const sample = read('apple-schema/examples-27.0/rotate-response-institutional.plist');
    expect(readRotation(sample)).toEqual({ encryptedNewRecoveryKey: null });
  });

  it('a captured DeviceInformation', () => {
    const captured = read('vectors/real/nanomdm-DeviceInformation.1.plist');
    expect(readDeviceInformation(captured)).toMatchObject({
      hostName: 'fruit.example.com',
      serialNumber: null,
    });
    expect(checkAgainstSchema('answer', 'DeviceInformation', captured.result)).toEqual([]);
  });
});
