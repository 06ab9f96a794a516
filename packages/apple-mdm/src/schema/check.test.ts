import { describe, expect, it } from 'vitest';
import type { PlistDict } from '../plist/value.ts';
import { checkAgainstSchema, type SchemaKind } from './check.ts';

const device = { UDID: 'U' };
const tokenUpdate = { MessageType: 'TokenUpdate', Topic: 't', Token: Buffer.from('t'), PushMagic: 'm' };
const rotation = {
  RequestType: 'RotateFileVaultKey',
  KeyType: 'personal',
  FileVaultUnlock: { Password: 'p' },
};
const names = { PayloadIdentifier: 'a', PayloadUUID: 'b', PayloadVersion: 1 };
const fileVault = { ...names, PayloadType: 'com.apple.MCX.FileVault2', Enable: 'On' };
const acknowledged = { ...device, Status: 'Acknowledged', CommandUUID: 'C' };
const command = (request: PlistDict) => ({ CommandUUID: 'C', Command: request });
const profile = (payload: PlistDict) => ({
  ...names,
  PayloadType: 'Configuration',
  PayloadContent: [payload],
});
const subject = (pair: string[]) => ({
  ...names,
  PayloadType: 'com.apple.security.scep',
  PayloadContent: { URL: 'u', Subject: [[pair]] },
});

describe("Apple's schema", () => {
  it.each<[SchemaKind, string, PlistDict]>([
    ['check-in', 'TokenUpdate', { ...tokenUpdate, ...device }],
    [
      'check-in',
      'TokenUpdate',
      { ...tokenUpdate, ...device, UserID: 'u', UserLongName: 'l', NotOnConsole: false },
    ],
    ['check-in', 'TokenUpdate', { ...tokenUpdate, EnrollmentID: 'E' }],
    ['check-in', 'SetBootstrapToken', { MessageType: 'SetBootstrapToken', ...device }],
    ['command', 'RotateFileVaultKey', command(rotation)],
    ['answer', 'Idle', { ...device, Status: 'Idle' }],
    ['answer', 'SecurityInfo', { ...acknowledged, Status: 'NotNow' }],
    ['answer', 'InstallProfile', acknowledged],
    ['profile', 'com.apple.MCX.FileVault2', fileVault],
    ['profile', 'Configuration', profile(fileVault)],
    ['profile', 'Configuration', profile(subject(['CN', 'a']))],
  ])('a sound %s %s has no violation', (kind, name, dict) => {
    expect(checkAgainstSchema(kind, name, dict)).toEqual([]);
  });

  it.each<[string, string, SchemaKind, string, PlistDict]>([
    ['unknown-name', '', 'command', 'SetTheClock', command({ RequestType: 'SetTheClock' })],
    ['unknown-name', '', 'check-in', 'constructor', device],
    ['unknown-name', '', 'answer', 'SetTheClock', acknowledged],
    [
      'missing-key',
      'PushMagic',
      'check-in',
      'TokenUpdate',
      { MessageType: 'TokenUpdate', Topic: 't', Token: Buffer.from('t'), ...device },
    ],
    ['missing-key', 'UDID', 'check-in', 'TokenUpdate', tokenUpdate],
    [
      'missing-key',
      'UserLongName',
      'check-in',
      'TokenUpdate',
      { ...tokenUpdate, ...device, UserID: 'u', NotOnConsole: true },
    ],
    ['wrong-type', 'Token', 'check-in', 'TokenUpdate', { ...tokenUpdate, ...device, Token: 'text' }],
    ['unknown-key', 'Novel', 'check-in', 'TokenUpdate', { ...tokenUpdate, ...device, Novel: true }],
    [
      'not-on-macos',
      'UnlockToken',
      'check-in',
      'TokenUpdate',
      { ...tokenUpdate, ...device, UnlockToken: Buffer.from('u') },
    ],
    [
      'forbidden-in-user-enrollment',
      'UDID',
      'check-in',
      'TokenUpdate',
      { ...tokenUpdate, ...device, EnrollmentID: 'E' },
    ],
    ['missing-key', 'CommandUUID', 'command', 'RotateFileVaultKey', { Command: rotation }],
    [
      'not-allowed',
      'Command.RequestType',
      'command',
      'SecurityInfo',
      command({ RequestType: 'ProfileList' }),
    ],
    [
      'not-allowed',
      'Command.KeyType',
      'command',
      'RotateFileVaultKey',
      command({ ...rotation, KeyType: 'both' }),
    ],
    [
      'unknown-key',
      'Command.FileVaultUnlock.Pin',
      'command',
      'RotateFileVaultKey',
      command({ ...rotation, FileVaultUnlock: { Pin: '1' } }),
    ],
    [
      'not-allowed',
      'Command.Queries[1]',
      'command',
      'DeviceInformation',
      command({ RequestType: 'DeviceInformation', Queries: ['UDID', 'Colour'] }),
    ],
    ['missing-key', 'SecurityInfo', 'answer', 'SecurityInfo', acknowledged],
    [
      'wrong-type',
      'SecurityInfo.FDE_Enabled',
      'answer',
      'SecurityInfo',
      { ...acknowledged, SecurityInfo: { FDE_Enabled: 'yes' } },
    ],
    ['not-allowed', 'Status', 'answer', 'Idle', { ...device, Status: 'Busy' }],
    [
      'missing-key',
      'ErrorChain[0].ErrorDomain',
      'answer',
      'Idle',
      { ...device, Status: 'Error', ErrorChain: [{ ErrorCode: 1, LocalizedDescription: 'd' }] },
    ],
    [
      'out-of-range',
      'DeferForceAtUserLoginMaxBypassAttempts',
      'profile',
      'com.apple.MCX.FileVault2',
      { ...fileVault, DeferForceAtUserLoginMaxBypassAttempts: 10_000 },
    ],
    [
      'out-of-range',
      'DeferForceAtUserLoginMaxBypassAttempts',
      'profile',
      'com.apple.MCX.FileVault2',
      { ...fileVault, DeferForceAtUserLoginMaxBypassAttempts: -2n },
    ],
    [
      'wrong-type',
      'DeferForceAtUserLoginMaxBypassAttempts',
      'profile',
      'com.apple.MCX.FileVault2',
      { ...fileVault, DeferForceAtUserLoginMaxBypassAttempts: 0.5 },
    ],
    [
      'not-allowed',
      'PayloadContent[0].Enable',
      'profile',
      'Configuration',
      profile({ ...fileVault, Enable: 'Maybe' }),
    ],
    [
      'unknown-name',
      'PayloadContent[0]',
      'profile',
      'Configuration',
      profile({ ...names, PayloadType: 'com.apple.novel' }),
    ],
    [
      'not-allowed',
      'TargetDeviceType',
      'profile',
      'Configuration',
      { ...profile(fileVault), TargetDeviceType: 7 },
    ],
    ['wrong-count', 'PayloadContent.Subject[0][0]', 'profile', 'com.apple.security.scep', subject(['CN'])],
    [
      'wrong-count',
      'PayloadContent.Subject[0][0]',
      'profile',
      'com.apple.security.scep',
      subject(['CN', 'a', 'b']),
    ],
  ])('tells %s at "%s" of a broken %s %s', (kind, path, of, name, dict) => {
    expect(checkAgainstSchema(of, name, dict)).toEqual([{ kind, path }]);
  });
});
