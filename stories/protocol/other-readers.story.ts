import { readByPlistlib, readByPlistutil, toldOf } from '@keyhaven/apple-mdm/oracle/plist-readers';
import { type PlistDict, parsePlistDict } from '@keyhaven/mac/plist';
import { dataOf, dictOf, textOf } from '@keyhaven/mac/plist-fields';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { enrollAt, storedMacs } from '../faults/bench-fleet.ts';
import { type BenchWorld, startBenchWorld } from '../faults/bench-world.ts';
import type { WatchedMac } from '../faults/watched-mac.ts';
import { offeredProfile } from './offered-profile.ts';
import { inFreshFolder } from './tools.ts';

const owner = 'employee@example.com';
let world: BenchWorld;
let mac: WatchedMac;
let ca: Buffer;
/** Of each kind of command, the last that the server has sent. */
const sent = new Map<string, { readonly bytes: Buffer; readonly dict: PlistDict }>();

beforeAll(async () => {
  world = await startBenchWorld();
  const { macs, portal } = await storedMacs(world, [owner, owner]);
  const [leaving, first] = macs;
  if (first === undefined || leaving === undefined) throw new Error('there are no two Macs');
  await portal.call(owner, 'DELETE', `/api/v1/devices/${leaving.device}`);
  await leaving.mac.wake();
  await leaving.mac.settled();
  mac = first;
  // A second time, for what a new generation sends.
  await enrollAt(portal, owner, mac.mac);
  await mac.mac.settled();
  const { scepUrl } = await offeredProfile(world, owner);
  ca = Buffer.from(await (await fetch(`${scepUrl}?operation=GetCACert`)).arrayBuffer());
  for (const { request, response } of world.exchanges) {
    if (!request.start.startsWith('PUT /mdm') || response === null || response.body.length === 0) continue;
    const dict = parsePlistDict(response.body);
    sent.set(textOf(dictOf(dict, 'Command') ?? {}, 'RequestType') ?? '', { bytes: response.body, dict });
  }
});
afterAll(() => world.close());

/** The content, by openssl: as a profile that the device CA stands behind; null where it refuses. */
const verified = (profile: Buffer): Promise<Buffer | null> =>
  inFreshFolder(async (folder) => {
    await folder.write('ca.der', ca);
    await folder.write('profile.der', profile);
    await folder.run('openssl', ['x509', '-inform', 'DER', '-in', 'ca.der', '-out', 'ca.pem']);
    const from = ['-inform', 'DER', '-in', 'profile.der', '-CAfile', 'ca.pem', '-purpose', 'any'];
    const run = await folder.run('openssl', ['cms', '-verify', '-binary', ...from, '-out', 'plain']);
    return run.code === 0 ? await folder.read('plain') : null;
  });

const commandOf = (kind: string): PlistDict => {
  const dict = sent.get(kind)?.dict;
  return (dict === undefined ? null : dictOf(dict, 'Command')) ?? {};
};

/** Its payloads by type. */
function payloadsOf(plain: Buffer): ReadonlyMap<string, PlistDict> {
  const { PayloadContent: payloads } = parsePlistDict(plain);
  if (!Array.isArray(payloads)) throw new Error('a profile without payloads');
  // Safe because what a profile holds in PayloadContent are dicts, or the next line finds no type.
  return new Map((payloads as readonly PlistDict[]).map((each) => [textOf(each, 'PayloadType') ?? '', each]));
}

describe('openssl, plistlib and plistutil', () => {
  it('4.1-1 read every command that went to a Mac as the Mac did', () => {
    expect([...sent.keys()].toSorted()).toEqual(
      expect.arrayContaining([
        'DeviceInformation',
        'InstallProfile',
        'RemoveProfile',
        'RotateFileVaultKey',
        'SecurityInfo',
      ]),
    );
    for (const [kind, { bytes, dict }] of sent) {
      expect(Object.keys(dict), kind).toEqual(['CommandUUID', 'Command']);
      expect(readByPlistlib(bytes)).toEqual(toldOf(dict));
      expect(readByPlistutil(bytes)).toEqual(toldOf(dict));
    }
    const uuid = /^[0-9A-F]{8}(?:-[0-9A-F]{4}){3}-[0-9A-F]{12}$/u;
    for (const { dict } of sent.values()) expect(textOf(dict, 'CommandUUID')).toMatch(uuid);
    expect(commandOf('SecurityInfo')).toEqual({ RequestType: 'SecurityInfo' });
  });

  it('5.3-1 read in the rotation the key on paper and a certificate to answer to', async () => {
    const { ReplyEncryptionCertificate: certificate, ...rest } = commandOf('RotateFileVaultKey');
    expect(rest).toEqual({
      RequestType: 'RotateFileVaultKey',
      KeyType: 'personal',
      FileVaultUnlock: { Password: [...mac.made][0] },
    });
    expect(mac.made.size).toBe(2);
    await inFreshFolder(async (folder) => {
      await folder.write('reply.der', Buffer.isBuffer(certificate) ? certificate : '');
      const { said } = await folder.run('openssl', [
        'x509',
        '-inform',
        'DER',
        '-in',
        'reply.der',
        '-noout',
        '-text',
      ]);
      expect(said).toMatch(/Public-Key: \((?:2048|3072|4096) bit\)/u);
    });
  });

  it('read the enrollment profile as it was meant, and the signature as the device CA’s', async () => {
    const { bytes, enrollment, scepUrl, challenge, caFingerprint } = await offeredProfile(world, owner);
    const plain = (await verified(bytes)) ?? Buffer.alloc(0);
    const dict = parsePlistDict(plain);
    expect(readByPlistlib(plain)).toEqual(toldOf(dict));
    expect(readByPlistutil(plain)).toEqual(toldOf(dict));
    expect(dict).toMatchObject({
      PayloadType: 'Configuration',
      PayloadVersion: 1n,
      PayloadScope: 'System',
      TargetDeviceType: 5n,
    });
    const payloads = payloadsOf(plain);
    expect([...payloads.keys()]).toEqual(['com.apple.security.scep', 'com.apple.mdm']);
    const scep = payloads.get('com.apple.security.scep');
    expect(scep).toMatchObject({
      PayloadContent: {
        URL: scepUrl,
        Challenge: challenge,
        Subject: [[['CN', enrollment]]],
        Keysize: 2048n,
        'Key Type': 'RSA',
        'Key Usage': 5n,
        CAFingerprint: caFingerprint,
      },
    });
    expect(payloads.get('com.apple.mdm')).toMatchObject({
      IdentityCertificateUUID: scep?.['PayloadUUID'],
      ServerURL: `${world.origin}/mdm`,
      AccessRights: 1047n,
      SignMessage: true,
      CheckOutWhenRemoved: true,
      Topic: mac.mac.state.enrollment?.topic,
    });
  });

  it('5.1-1 read the FileVault profile as it was meant, and the signature as the device CA’s', async () => {
    const signed = dataOf(commandOf('InstallProfile'), 'Payload') ?? Buffer.alloc(0);
    const plain = (await verified(signed)) ?? Buffer.alloc(0);
    const dict = parsePlistDict(plain);
    expect(readByPlistlib(plain)).toEqual(toldOf(dict));
    expect(readByPlistutil(plain)).toEqual(toldOf(dict));
    const payloads = payloadsOf(plain);
    expect([...payloads.keys()]).toEqual([
      'com.apple.security.pkcs1',
      'com.apple.security.FDERecoveryKeyEscrow',
      'com.apple.MCX.FileVault2',
      'com.apple.MCX',
    ]);
    expect(payloads.get('com.apple.security.FDERecoveryKeyEscrow')).toMatchObject({
      EncryptCertPayloadUUID: payloads.get('com.apple.security.pkcs1')?.['PayloadUUID'],
    });
    expect(payloads.get('com.apple.MCX.FileVault2')).toMatchObject({
      Enable: 'On',
      Defer: true,
      UseRecoveryKey: true,
    });
  });

  it('refuse both profiles with a byte of the content or of the signature changed', async () => {
    const profiles = [
      (await offeredProfile(world, owner)).bytes,
      dataOf(commandOf('InstallProfile'), 'Payload') ?? Buffer.alloc(0),
    ];
    for (const profile of profiles) {
      const plain = (await verified(profile)) ?? Buffer.alloc(0);
      const content = profile.indexOf(plain);
      expect([plain.length > 1000, content > 0]).toEqual([true, true]);
      const places = [0, 1, 2, 3, 4, 5, 6, 7, 8].map(
        (part) => content + Math.floor((part * (plain.length - 1)) / 8),
      );
      // The signature is the last of it.
      for (const at of [...places, profile.length - 1, profile.length - 128, profile.length - 255]) {
        const changed = Buffer.from(profile);
        changed[at] = (changed[at] ?? 0) ^ 1;
        expect(await verified(changed), `byte ${at}`).toBe(null);
      }
    }
  });

  it('2.3-3 find three keys where three are wanted: for issuing, for profiles, for the escrow', async () => {
    const signed = dataOf(commandOf('InstallProfile'), 'Payload') ?? Buffer.alloc(0);
    const escrow = dataOf(
      payloadsOf((await verified(signed)) ?? Buffer.alloc(0)).get('com.apple.security.pkcs1') ?? {},
      'PayloadContent',
    );
    const keys = await inFreshFolder(async (folder) => {
      await folder.write('profile.der', signed);
      await folder.write('ca.der', ca);
      await folder.write('escrow.der', escrow ?? '');
      await folder.run('openssl', [
        'cms',
        '-verify',
        '-noverify',
        '-inform',
        'DER',
        '-in',
        'profile.der',
        '-signer',
        'signer.pem',
        '-out',
        'plain',
      ]);
      const keyOf = async (...from: readonly string[]): Promise<string> =>
        (await folder.run('openssl', ['x509', ...from, '-noout', '-pubkey'])).said;
      return [
        await keyOf('-in', 'signer.pem'),
        await keyOf('-inform', 'DER', '-in', 'ca.der'),
        await keyOf('-inform', 'DER', '-in', 'escrow.der'),
      ];
    });
    expect(keys.every((key) => key.startsWith('-----BEGIN PUBLIC KEY-----'))).toBe(true);
    expect(new Set(keys).size).toBe(3);
  });
});
