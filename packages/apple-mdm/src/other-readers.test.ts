import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { certificateListCommand } from './commands/certificate-list.ts';
import { deviceInformationCommand } from './commands/device-information.ts';
import { installProfileCommand } from './commands/install-profile.ts';
import { profileListCommand } from './commands/profile-list.ts';
import { removeProfileCommand } from './commands/remove-profile.ts';
import { rotateFileVaultKeyCommand } from './commands/rotate-file-vault-key.ts';
import { securityInfoCommand } from './commands/security-info.ts';
import { readByPlistlib, readByPlistutil, toldOf } from './oracle/plist-readers.ts';
import type { PlistDict } from './plist/value.ts';
import { enrollmentProfile } from './profiles/enrollment-profile.ts';
import { fileVaultProfile } from './profiles/filevault-profile.ts';

// Everything that text and bytes can hold and a careless writer would lose.
const text = ' <&> "q" \'é\' 😀 ]]> &amp; ';
const bytes = Buffer.from(Array.from({ length: 300 }, (_, index) => index % 256));
const key = 'ABCD-2345-EFGH-6789-TUVW-XYZ2';
const names = (name: string) => ({ identifier: `org.example.${name}`, uuid: `uuid ${name}` });
const head = (type: string, name: string): PlistDict => ({
  PayloadType: type,
  PayloadVersion: 1n,
  PayloadIdentifier: `org.example.${name}`,
  PayloadUUID: `uuid ${name}`,
  PayloadDisplayName: text,
  PayloadOrganization: 'Example',
});
const title = { displayName: text, organization: 'Example' };

const command = (request: PlistDict): PlistDict => ({ CommandUUID: 'C-1', Command: request });
const commands: readonly (readonly [string, Buffer, PlistDict])[] = [
  [
    'deviceInformationCommand',
    deviceInformationCommand('C-1', ['UDID', text]),
    { RequestType: 'DeviceInformation', Queries: ['UDID', text] },
  ],
  ['securityInfoCommand', securityInfoCommand('C-1'), { RequestType: 'SecurityInfo' }],
  [
    'installProfileCommand',
    installProfileCommand('C-1', bytes),
    { RequestType: 'InstallProfile', Payload: bytes },
  ],
  [
    'removeProfileCommand',
    removeProfileCommand('C-1', text),
    { RequestType: 'RemoveProfile', Identifier: text },
  ],
  ['profileListCommand', profileListCommand('C-1', true), { RequestType: 'ProfileList', ManagedOnly: true }],
  [
    'certificateListCommand',
    certificateListCommand('C-1'),
    { RequestType: 'CertificateList', ManagedOnly: false },
  ],
  [
    'rotateFileVaultKeyCommand',
    rotateFileVaultKeyCommand({ uuid: 'C-1', currentRecoveryKey: key, replyCertificate: bytes }),
    {
      RequestType: 'RotateFileVaultKey',
      KeyType: 'personal',
      FileVaultUnlock: { Password: key },
      ReplyEncryptionCertificate: bytes,
    },
  ],
];

const readers = [
  ['plistlib', readByPlistlib],
  ['plistutil', readByPlistutil],
] as const;

describe.each(readers)('%s reads as it was meant', (_, read) => {
  it.each(commands)('4.1-1 what %s writes', (_name, written, request) => {
    expect(read(written)).toEqual(toldOf(command(request)));
  });

  it('the enrollment profile', () => {
    const profile = enrollmentProfile({
      ...names('enrollment'),
      ...title,
      description: text,
      rootCertificate: { ...names('root'), der: bytes },
      scep: {
        ...names('scep'),
        url: 'https://keys.example.org/scep/1?a=b&c=d',
        challenge: text,
        commonName: 'enrollment-1',
        caFingerprint: bytes.subarray(0, 32),
      },
      mdm: {
        ...names('mdm'),
        topic: 'com.apple.mgmt.External.1',
        serverUrl: 'https://keys.example.org/mdm',
        checkInUrl: 'https://keys.example.org/check-in',
      },
    });
    const scep = {
      URL: 'https://keys.example.org/scep/1?a=b&c=d',
      Challenge: text,
      Subject: [[['CN', 'enrollment-1']]],
      Keysize: 2048n,
      'Key Type': 'RSA',
      'Key Usage': 5n,
      CAFingerprint: bytes.subarray(0, 32),
      Retries: 3n,
      RetryDelay: 10n,
      KeyIsExtractable: false,
      AllowAllAppsAccess: false,
    };
    const mdm = {
      IdentityCertificateUUID: 'uuid scep',
      Topic: 'com.apple.mgmt.External.1',
      ServerURL: 'https://keys.example.org/mdm',
      CheckInURL: 'https://keys.example.org/check-in',
      AccessRights: 1047n,
      SignMessage: true,
      CheckOutWhenRemoved: true,
      ServerCapabilities: ['com.apple.mdm.per-user-connections'],
    };
    const meant = {
      ...head('Configuration', 'enrollment'),
      PayloadDescription: text,
      PayloadScope: 'System',
      TargetDeviceType: 5n,
      PayloadContent: [
        { ...head('com.apple.security.root', 'root'), PayloadContent: bytes },
        { ...head('com.apple.security.scep', 'scep'), PayloadContent: scep },
        { ...head('com.apple.mdm', 'mdm'), ...mdm },
      ],
    };
    expect(read(profile)).toEqual(toldOf(meant));
  });

  it('5.1-1 the FileVault profile', () => {
    const payloads = {
      fileVault: names('enable'),
      escrow: names('escrow'),
      certificate: names('certificate'),
      options: names('options'),
    };
    const settings = {
      enable: true,
      defer: true,
      bypassAttempts: -1,
      dontAskAtUserLogout: true,
      showRecoveryKey: false,
      forceEnableInSetupAssistant: true,
      dontAllowDisable: true,
      escrowLocation: text,
      deviceKey: text,
    };
    const profile = fileVaultProfile(settings, {
      ...names('filevault'),
      ...title,
      escrowCertificate: bytes,
      payloads,
    });
    const enable = {
      Enable: 'On',
      Defer: true,
      UseRecoveryKey: true,
      ShowRecoveryKey: false,
      DeferForceAtUserLoginMaxBypassAttempts: -1n,
      DeferDontAskAtUserLogout: true,
      ForceEnableInSetupAssistant: true,
    };
    const options = { dontAllowFDEDisable: true, dontAllowFDEEnable: false, DestroyFVKeyOnStandby: false };
    const escrow = { Location: text, EncryptCertPayloadUUID: 'uuid certificate', DeviceKey: text };
    const meant = {
      ...head('Configuration', 'filevault'),
      PayloadScope: 'System',
      TargetDeviceType: 5n,
      PayloadContent: [
        { ...head('com.apple.security.pkcs1', 'certificate'), PayloadContent: bytes },
        { ...head('com.apple.security.FDERecoveryKeyEscrow', 'escrow'), ...escrow },
        { ...head('com.apple.MCX.FileVault2', 'enable'), ...enable },
        { ...head('com.apple.MCX', 'options'), ...options },
      ],
    };
    expect(read(profile)).toEqual(toldOf(meant));
  });
});

it('no command and no profile that can be written is left out', () => {
  const written = /export function (\w+)\((?:(?!\n\}).)*?return write(?:Command|Profile)\(/gs;
  const writers = ['commands', 'profiles'].flatMap((folder) => {
    const home = path.join(import.meta.dirname, folder);
    const sources = readdirSync(home).map((name) => readFileSync(path.join(home, name), 'utf8'));
    return sources.flatMap((source) => [...source.matchAll(written)].map((match) => match[1] ?? ''));
  });
  const read = [...commands.map(([name]) => name), 'enrollmentProfile', 'fileVaultProfile'];
  expect(writers.toSorted()).toEqual(read.toSorted());
});
