import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { dictOf } from '../plist/access.ts';
import type { PlistDict } from '../plist/value.ts';
import { parsePlist, writePlist } from '../plist.ts';
import { checkAgainstSchema } from '../schema/check.ts';
import { type EnrollmentProfile, enrollmentProfile } from './enrollment-profile.ts';
import { type FileVaultProfile, type FileVaultSettings, fileVaultProfile } from './filevault-profile.ts';
import { payloadOfType, readProfile } from './read-profile.ts';

const uuids = { scep: uuid(1), certificate: uuid(2) };
function uuid(number: number): string {
  return `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
}
const names = (name: string, own = uuid(9)) => ({ identifier: `org.example.keyhaven.${name}`, uuid: own });
const enrollment: EnrollmentProfile = {
  ...names('enrollment'),
  displayName: 'Keyhaven & friends',
  organization: 'Example',
  description: 'Keeps the recovery key of this Mac.',
  scep: {
    ...names('scep', uuids.scep),
    url: 'https://keys.example.org/scep/1',
    challenge: 'once',
    commonName: 'enrollment-1',
    caFingerprint: Buffer.alloc(32, 1),
  },
  mdm: { ...names('mdm'), topic: 'com.apple.mgmt.External.1', serverUrl: 'https://keys.example.org/mdm' },
};
const settings: FileVaultSettings = {
  enable: true,
  defer: true,
  bypassAttempts: 3,
  dontAskAtUserLogout: true,
  showRecoveryKey: false,
  forceEnableInSetupAssistant: false,
  dontAllowDisable: true,
  escrowLocation: 'Example IT keeps your key.',
  deviceKey: 'Asset 5',
};
const target: FileVaultProfile = {
  ...names('filevault'),
  displayName: 'FileVault',
  organization: 'Example',
  escrowCertificate: Buffer.from('certificate'),
  payloads: {
    fileVault: names('filevault.enable'),
    escrow: names('filevault.escrow'),
    certificate: names('filevault.certificate', uuids.certificate),
    options: names('filevault.options'),
  },
};

const dictFrom = (bytes: Uint8Array): PlistDict => dictOf(parsePlist(bytes)) ?? {};
const payloadFrom = (bytes: Uint8Array, type: string): PlistDict | undefined =>
  payloadOfType(readProfile(bytes), type);
const typesOf = (bytes: Uint8Array) => readProfile(bytes).payloads.map((payload) => payload['PayloadType']);

describe('the enrollment profile', () => {
  const profile = enrollmentProfile(enrollment);

  it("agrees with Apple's schema, with and without its optional parts", () => {
    const rootCertificate = { ...names('root'), der: Buffer.from('root') };
    const mdm = { ...enrollment.mdm, checkInUrl: 'https://keys.example.org/check-in' };
    expect(checkAgainstSchema('profile', 'Configuration', dictFrom(profile))).toEqual([]);
    const whole = enrollmentProfile({ ...enrollment, rootCertificate, mdm });
    expect(checkAgainstSchema('profile', 'Configuration', dictFrom(whole))).toEqual([]);
    expect(typesOf(whole)).toEqual(['com.apple.security.root', 'com.apple.security.scep', 'com.apple.mdm']);
    expect(payloadFrom(whole, 'com.apple.mdm')).toHaveProperty('CheckInURL', mdm.checkInUrl);
  });

  it('is for the whole of a Mac and no other device (reference section 1.1)', () => {
    expect(dictFrom(profile)).toMatchObject({ PayloadScope: 'System', TargetDeviceType: 5n });
  });

  it('asks for the least rights, 1047, and per-user connections (reference sections 1.2, 1.3)', () => {
    const mdm = payloadFrom(profile, 'com.apple.mdm');
    expect(mdm).toMatchObject({
      AccessRights: 1047n,
      SignMessage: true,
      CheckOutWhenRemoved: true,
      ServerCapabilities: ['com.apple.mdm.per-user-connections'],
      IdentityCertificateUUID: uuids.scep,
      Topic: 'com.apple.mgmt.External.1',
      ServerURL: 'https://keys.example.org/mdm',
    });
    expect(mdm).not.toHaveProperty('CheckInURL');
    expect(mdm).not.toHaveProperty('UseDevelopmentAPNS');
  });

  it('asks SCEP for a 2048-bit key that signs and decrypts and stays (reference section 1.4)', () => {
    expect(payloadFrom(profile, 'com.apple.security.scep')?.['PayloadContent']).toEqual({
      URL: 'https://keys.example.org/scep/1',
      Challenge: 'once',
      Subject: [[['CN', 'enrollment-1']]],
      Keysize: 2048n,
      'Key Type': 'RSA',
      'Key Usage': 5n,
      CAFingerprint: Buffer.alloc(32, 1),
      Retries: 3n,
      RetryDelay: 10n,
      KeyIsExtractable: false,
      AllowAllAppsAccess: false,
    });
  });

  it('is the same bytes for the same names, so that a later one replaces it', () => {
    expect(enrollmentProfile(enrollment)).toEqual(profile);
  });

  it('refuses a fingerprint that macOS would take for another digest, and a topic that is none', () => {
    const scep = { ...enrollment.scep, caFingerprint: Buffer.alloc(20) };
    expect(() => enrollmentProfile({ ...enrollment, scep })).toThrow(RangeError);
    const mdm = { ...enrollment.mdm, topic: 'com.example' };
    expect(() => enrollmentProfile({ ...enrollment, mdm })).toThrow(RangeError);
  });
});

describe('the FileVault profile (reference section 5.1)', () => {
  const profile = fileVaultProfile(settings, target);

  it("agrees with Apple's schema for every setting", () => {
    for (const enable of [true, false]) {
      for (const forceEnableInSetupAssistant of [true, false]) {
        for (const bypassAttempts of [-1, 0, 9999]) {
          const varied = {
            ...settings,
            enable,
            forceEnableInSetupAssistant,
            bypassAttempts,
            deviceKey: null,
          };
          const violations = checkAgainstSchema(
            'profile',
            'Configuration',
            dictFrom(fileVaultProfile(varied, target)),
          );
          expect(violations).toEqual([]);
        }
      }
    }
  });

  it('5.1-1 holds all four payloads in one profile of the system', () => {
    expect(typesOf(profile)).toEqual([
      'com.apple.security.pkcs1',
      'com.apple.security.FDERecoveryKeyEscrow',
      'com.apple.MCX.FileVault2',
      'com.apple.MCX',
    ]);
    expect(readProfile(profile).scope).toBe('System');
  });

  it('5.1-3 escrows to the certificate of the same profile', () => {
    expect(payloadFrom(profile, 'com.apple.security.FDERecoveryKeyEscrow')).toMatchObject({
      Location: 'Example IT keeps your key.',
      EncryptCertPayloadUUID: uuids.certificate,
      DeviceKey: 'Asset 5',
    });
    expect(payloadFrom(profile, 'com.apple.security.pkcs1')).toMatchObject({
      PayloadUUID: uuids.certificate,
      PayloadContent: Buffer.from('certificate'),
    });
  });

  it('5.1-8 says each setting in its own key', () => {
    expect(payloadFrom(profile, 'com.apple.MCX.FileVault2')).toMatchObject({
      Enable: 'On',
      Defer: true,
      UseRecoveryKey: true,
      ShowRecoveryKey: false,
      DeferForceAtUserLoginMaxBypassAttempts: 3n,
      DeferDontAskAtUserLogout: true,
    });
    expect(payloadFrom(profile, 'com.apple.MCX')).toMatchObject({
      dontAllowFDEDisable: true,
      dontAllowFDEEnable: false,
      DestroyFVKeyOnStandby: false,
    });
  });

  it('5.1-2 never writes the key to disk nor makes an institutional one', () => {
    const keys = Object.keys(payloadFrom(profile, 'com.apple.MCX.FileVault2') ?? {});
    for (const never of [
      'OutputPath',
      'Certificate',
      'PayloadCertificateUUID',
      'UseKeychain',
      'Username',
      'Password',
    ]) {
      expect(keys).not.toContain(never);
    }
  });

  it('5.1-4 a policy that does not turn FileVault on still escrows, and tells no Mac to decrypt', () => {
    const off = fileVaultProfile({ ...settings, enable: false }, target);
    expect(payloadFrom(off, 'com.apple.MCX.FileVault2')).toBeUndefined();
    expect(payloadFrom(off, 'com.apple.security.FDERecoveryKeyEscrow')).toBeDefined();
  });

  it('5.1-9 forcing it in Setup Assistant implies deferral, as macOS 14.4 demands', () => {
    const forced = fileVaultProfile({ ...settings, defer: false, forceEnableInSetupAssistant: true }, target);
    expect(payloadFrom(forced, 'com.apple.MCX.FileVault2')).toMatchObject({
      Defer: true,
      ForceEnableInSetupAssistant: true,
    });
  });

  it.each([-2, 10_000, 1.5, Number.NaN])('refuses %s bypass attempts', (bypassAttempts) => {
    expect(() => fileVaultProfile({ ...settings, bypassAttempts }, target)).toThrow(RangeError);
  });

  it('refuses an empty escrow location', () => {
    expect(() => fileVaultProfile({ ...settings, escrowLocation: '' }, target)).toThrow(RangeError);
  });
});

describe('a profile', () => {
  it("is read by python's plistlib", () => {
    const script =
      'import sys, plistlib; print(plistlib.loads(sys.stdin.buffer.read())["PayloadDisplayName"])';
    const printed = execFileSync('python3', ['-c', script], { input: enrollmentProfile(enrollment) });
    expect(printed.toString()).toBe('Keyhaven & friends\n');
  });

  it('without a scope is the user’s', () => {
    const { PayloadScope: _, ...rest } = dictFrom(enrollmentProfile(enrollment));
    expect(readProfile(writePlist(rest)).scope).toBe('User');
  });

  it.each<[string, PlistDict]>([
    ['missing-key at PayloadType', { PayloadIdentifier: 'a' }],
    ['unknown-value at PayloadType', { PayloadType: 'com.apple.mdm', PayloadContent: [] }],
    [
      'missing-key at PayloadContent',
      { PayloadType: 'Configuration', PayloadIdentifier: 'a', PayloadUUID: 'b' },
    ],
    [
      'missing-key at PayloadUUID',
      { PayloadType: 'Configuration', PayloadIdentifier: 'a', PayloadContent: [] },
    ],
    [
      'unknown-value at PayloadScope',
      {
        PayloadType: 'Configuration',
        PayloadIdentifier: 'a',
        PayloadUUID: 'b',
        PayloadScope: 'All',
        PayloadContent: [],
      },
    ],
  ])('with %s is refused', (message, dict) => {
    expect(() => readProfile(writePlist(dict))).toThrow(message);
  });
});
