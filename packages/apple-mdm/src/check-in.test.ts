import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseCheckIn } from './check-in.ts';
import type { PlistDict } from './plist/value.ts';
import { writePlist } from './plist.ts';

const device = { UDID: 'UDID-1' };
const user = {
  ...device,
  UserID: 'USER-1',
  UserShortName: 'ada',
  UserLongName: 'Ada L',
  NotOnConsole: false,
};
const userNames = { userShortName: 'ada', userLongName: 'Ada L', notOnConsole: false };
const authenticate = { MessageType: 'Authenticate', Topic: 'com.apple.mgmt.External.1', ...device };
const tokenUpdate = {
  MessageType: 'TokenUpdate',
  Topic: 'com.apple.mgmt.External.1',
  Token: Buffer.alloc(32, 7),
  PushMagic: 'magic',
};
const parse = (dict: PlistDict) => parseCheckIn(writePlist(dict));

describe('a check-in (reference section 3.2)', () => {
  it('Authenticate names the Mac', () => {
    const described = {
      DeviceName: 'Mac',
      Model: 'MacBookPro18,3',
      ModelName: 'MacBook Pro',
      ProductName: 'MacBookPro18,3',
      SerialNumber: 'C0123456789',
      OSVersion: '15.1',
      BuildVersion: '24B83',
    };
    expect(parse({ ...authenticate, ...described })).toEqual({
      type: 'Authenticate',
      channel: { kind: 'device', udid: 'UDID-1' },
      topic: 'com.apple.mgmt.External.1',
      deviceName: 'Mac',
      model: 'MacBookPro18,3',
      modelName: 'MacBook Pro',
      productName: 'MacBookPro18,3',
      serialNumber: 'C0123456789',
      osVersion: '15.1',
      buildVersion: '24B83',
    });
  });

  it('3.2-3 what a Mac leaves out of Authenticate is null', () => {
    expect(parse(authenticate)).toMatchObject({ serialNumber: null, osVersion: null, deviceName: null });
  });

  it('3.2-2 unknown keys are ignored, as real Macs send some', () => {
    expect(parse({ ...authenticate, Challenge: Buffer.from('apple') })).toEqual(parse(authenticate));
  });

  it('TokenUpdate keeps its bytes, and an absent AwaitingConfiguration means unchanged', () => {
    const message = parse({ ...tokenUpdate, ...device });
    expect(message).toMatchObject({
      token: Buffer.alloc(32, 7),
      pushMagic: 'magic',
      awaitingConfiguration: null,
    });
    expect(parse({ ...tokenUpdate, ...device, AwaitingConfiguration: false })).toMatchObject({
      awaitingConfiguration: false,
    });
  });

  it('an UnlockToken is not kept', () => {
    const message = parse({ ...tokenUpdate, ...device, UnlockToken: Buffer.from('secret') });
    expect(Object.keys(message)).toEqual(Object.keys(parse({ ...tokenUpdate, ...device })));
  });

  it.each<[string, PlistDict, object]>([
    ['the Mac', device, { kind: 'device', udid: 'UDID-1' }],
    ['a user of it', user, { kind: 'user', udid: 'UDID-1', userId: 'USER-1', ...userNames }],
    [
      'a Mac in User Enrollment, which has no UDID',
      { EnrollmentID: 'E-1' },
      { kind: 'user-enrollment', enrollmentId: 'E-1' },
    ],
    [
      'a user of that',
      { EnrollmentID: 'E-1', EnrollmentUserID: 'EU-1' },
      {
        kind: 'user-enrollment-user',
        enrollmentId: 'E-1',
        enrollmentUserId: 'EU-1',
        userShortName: null,
        userLongName: null,
        notOnConsole: null,
      },
    ],
    [
      'the UDID before the EnrollmentID',
      { EnrollmentID: 'E-1', ...device },
      { kind: 'device', udid: 'UDID-1' },
    ],
  ])('3.2-1 the channel is %s', (_, identity, channel) => {
    expect(parse({ ...tokenUpdate, ...identity })).toHaveProperty('channel', channel);
  });

  it.each<[string, PlistDict, object]>([
    ['CheckOut', { Topic: 'topic' }, { type: 'CheckOut', topic: 'topic' }],
    ['SetBootstrapToken', { BootstrapToken: Buffer.from('b') }, { bootstrapToken: Buffer.from('b') }],
    [
      'GetBootstrapToken',
      { AwaitingConfiguration: true },
      { type: 'GetBootstrapToken', awaitingConfiguration: true },
    ],
    ['DeclarativeManagement', { Endpoint: 'tokens' }, { endpoint: 'tokens', data: null }],
    ['DeclarativeManagement', { Endpoint: 'status', Data: Buffer.from('{}') }, { data: Buffer.from('{}') }],
    [
      'GetToken',
      { TokenServiceType: 'com.apple.maid' },
      { tokenServiceType: 'com.apple.maid', tokenParameters: null },
    ],
  ])('%s is read', (messageType, members, expected) => {
    expect(parse({ MessageType: messageType, ...device, ...members })).toMatchObject({
      type: messageType,
      ...expected,
    });
  });

  it.each([
    ['missing', {}],
    ['empty', { BootstrapToken: Buffer.alloc(0) }],
  ])('3.2-9 a %s bootstrap token means to forget it', (_, members) => {
    expect(parse({ MessageType: 'SetBootstrapToken', ...device, ...members })).toHaveProperty(
      'bootstrapToken',
      null,
    );
  });

  it('UserAuthenticate is for users only', () => {
    const message = { MessageType: 'UserAuthenticate', DigestResponse: 'd' };
    expect(parse({ ...message, ...user })).toMatchObject({ type: 'UserAuthenticate', digestResponse: 'd' });
    expect(() => parse({ ...message, ...device })).toThrow('missing-key at UserID');
  });

  it('an unknown MessageType is told, not refused', () => {
    expect(parse({ MessageType: 'ReturnToService' })).toEqual({
      type: 'unknown',
      messageType: 'ReturnToService',
    });
    expect(parse({ MessageType: 'constructor' })).toEqual({ type: 'unknown', messageType: 'constructor' });
  });
});

describe('a check-in is refused', () => {
  it.each<[string, string, PlistDict]>([
    ['missing-key', 'MessageType', device],
    ['wrong-type', 'MessageType', { MessageType: 1, ...device }],
    ['missing-key', 'UDID', { MessageType: 'CheckOut', Topic: 'topic' }],
    ['empty-value', 'UDID', { ...tokenUpdate, UDID: '' }],
    ['wrong-type', 'UDID', { ...tokenUpdate, UDID: Buffer.from('U') }],
    ['empty-value', 'UserID', { ...tokenUpdate, ...device, UserID: '' }],
    ['missing-key', 'Topic', { MessageType: 'Authenticate', ...device }],
    ['wrong-type', 'SerialNumber', { ...authenticate, SerialNumber: 5 }],
    ['wrong-type', 'Token', { ...tokenUpdate, ...device, Token: 'text' }],
    ['empty-value', 'Token', { ...tokenUpdate, ...device, Token: Buffer.alloc(0) }],
    ['wrong-type', 'AwaitingConfiguration', { ...tokenUpdate, ...device, AwaitingConfiguration: 'no' }],
    ['missing-key', 'Endpoint', { MessageType: 'DeclarativeManagement', ...device }],
  ])('for %s at %s', (kind, key, dict) => {
    expect(() => parse(dict)).toThrow(expect.objectContaining({ name: 'MessageError', kind, key }));
  });

  it('when it is no dict', () => {
    expect(() => parseCheckIn(writePlist(['Authenticate']))).toThrow('message refused: wrong-type');
  });
});

const reference = process.env['KEYHAVEN_REFERENCE'];

function read(name: string) {
  return parseCheckIn(readFileSync(path.join(reference ?? '', 'vectors/real', name)));
}

describe.runIf(reference !== undefined)('captured check-ins', () => {
  it('3.2-2 a Mac with its undocumented Challenge', () => {
    expect(read('nanomdm-Authenticate.2.plist')).toMatchObject({
      channel: { kind: 'device', udid: '66ADE930-5FDF-5EC4-8429-15640684C489' },
      model: 'iMac14,2',
      serialNumber: 'C02MT66KFLHH',
      osVersion: '10.12.6',
    });
  });

  it('3.2-3 one that names neither itself nor its model', () => {
    expect(read('nanomdm-Authenticate.1.plist')).toMatchObject({
      deviceName: null,
      modelName: null,
      model: null,
    });
  });

  it.each(['nanomdm-TokenUpdate.1.plist', 'nanomdm-TokenUpdate.2.plist'])(
    'the push token of %s has 32 bytes',
    (name) => {
      expect(read(name)).toMatchObject({
        type: 'TokenUpdate',
        token: { length: 32 },
        awaitingConfiguration: false,
      });
    },
  );
});
