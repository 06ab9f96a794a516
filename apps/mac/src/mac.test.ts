// Long because it holds each command and each fault of the conversation against one Mac.
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TLSSocket } from 'node:tls';
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { type MacOptions, SimulatedMac } from './mac.ts';
import { dataOf, dictOf } from './plist-fields.ts';
import { TestMdmServer } from './test-support/mdm-server.ts';
import {
  decryptCms,
  makeCertificate,
  openssl,
  pemOf,
  readWithPython,
  type TestCertificate,
} from './test-support/openssl.ts';
import { enrollmentProfile, escrowProfile, profile } from './test-support/profiles.ts';
import { type TestSurroundings, testSurroundings } from './test-support/surroundings.ts';

let ca: TestCertificate;
let escrow: TestCertificate;
let reply: TestCertificate;
let server: TestMdmServer;
let surroundings: TestSurroundings;
const opened: SimulatedMac[] = [];

beforeAll(() => {
  ca = makeCertificate('device ca');
  escrow = makeCertificate('escrow');
  reply = makeCertificate('reply');
});
beforeEach(async () => {
  server = await new TestMdmServer(ca).start();
  surroundings = testSurroundings();
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((mac) => mac.close()));
  await server.stop();
});

async function openMac(options: MacOptions = {}): Promise<SimulatedMac> {
  const mac = await SimulatedMac.open({ surroundings, ...options });
  opened.push(mac);
  return mac;
}

async function enrolledMac(options: MacOptions = {}): Promise<SimulatedMac> {
  const mac = await openMac(options);
  await mac.enroll(enrollmentProfile(server.url, ca.der));
  server.seen.length = 0;
  return mac;
}

function queueRotation(mac: SimulatedMac, password = mac.paper.currentRecoveryKey ?? ''): string {
  return server.queue('RotateFileVaultKey', {
    KeyType: 'personal',
    FileVaultUnlock: { Password: password },
    ReplyEncryptionCertificate: reply.der,
  });
}

function newKeyIn(uuid: string): string {
  const result = dictOf(server.results(uuid).at(-1) ?? {}, 'RotateResult') ?? {};
  return decryptCms(dataOf(result, 'EncryptedNewRecoveryKey') ?? Buffer.alloc(0), reply);
}

async function securityInfo(mac: SimulatedMac): Promise<ReturnType<typeof dictOf>> {
  const uuid = server.queue('SecurityInfo');
  await mac.poll();
  return dictOf(server.results(uuid).at(-1) ?? {}, 'SecurityInfo');
}

describe('enrollment', () => {
  test('sends Authenticate, then TokenUpdate, signed so that openssl verifies them', async () => {
    const mac = await openMac({ identity: { name: 'Anna’s Mac' } });
    await mac.enroll(enrollmentProfile(server.url, ca.der));
    expect(server.statuses()).toEqual(['Authenticate', 'TokenUpdate']);
    for (const message of server.seen) {
      expect(message.contentType).toBe('application/x-apple-aspen-mdm-checkin');
      const args = ['cms', '-verify', '-binary', '-purpose', 'any', '-inform', 'DER', '-in', 'cms'];
      const files = { cms: Buffer.from(message.signature, 'base64'), body: message.raw, ca: ca.pem };
      expect(openssl([...args, '-content', 'body', '-CAfile', 'ca'], files)).toEqual(message.raw);
    }
    expect(readWithPython(server.seen[0]?.raw ?? Buffer.alloc(0))).toMatchObject({
      UDID: mac.identity.udid,
      SerialNumber: mac.identity.serialNumber,
      Topic: 'com.apple.mgmt.External.test',
      DeviceName: 'Anna’s Mac',
    });
    expect(dataOf(server.seen[1]?.fields ?? {}, 'Token')).toHaveLength(32);
    expect(server.requests[0]?.csrText).toContain(`CN = ${mac.identity.serialNumber}`);
  });

  test('takes a profile signed with CMS, and refuses one whose signature does not fit', async () => {
    const signed = openssl(
      ['cms', '-sign', '-nodetach', '-binary', '-outform', 'DER', '-in', 'p', '-signer', 'c', '-inkey', 'k'],
      { p: enrollmentProfile(server.url, ca.der), c: reply.pem, k: reply.keyPem },
    );
    const mac = await openMac();
    const broken = Buffer.from(signed);
    const at = broken.indexOf('org.example');
    broken[at] = 0x4f;
    await expect(mac.enroll(broken)).rejects.toMatchObject({ kind: 'bad-signature' });
    await mac.enroll(signed);
    expect(mac.state.enrollment?.tokenDelivered).toBe(true);
  });

  test('that the server refuses leaves the Mac as it was', async () => {
    server.mishaps.push({ to: 'Authenticate', does: 400 });
    const mac = await openMac();
    await expect(mac.enroll(enrollmentProfile(server.url, ca.der))).rejects.toMatchObject({
      kind: 'authenticate-refused',
    });
    expect(mac.state.enrollment).toBeNull();
    expect(mac.state.profiles).toEqual([]);
  });

  test('repeats a TokenUpdate that was not taken', async () => {
    server.mishaps.push({ to: 'TokenUpdate', does: 500 });
    const mac = await openMac();
    await mac.enroll(enrollmentProfile(server.url, ca.der));
    expect(mac.state.enrollment?.tokenDelivered).toBe(false);
    expect(surroundings.fireTimers()).toBe(true);
    await mac.settled();
    expect(server.statuses()).toEqual(['Authenticate', 'TokenUpdate', 'TokenUpdate', 'Idle']);
  });

  test('again gives a new token and magic; the escrow copy stays, the profiles go', async () => {
    const mac = await enrolledMac({ fileVaultEnabled: false });
    server.queue('InstallProfile', { Payload: escrowProfile(escrow.der) });
    await mac.poll();
    await mac.turnFileVaultOn();
    const before = mac.state;
    await mac.enroll(enrollmentProfile(server.url, ca.der));
    expect(mac.state.enrollment?.pushMagic).not.toBe(before.enrollment?.pushMagic);
    expect(mac.state.profiles.map(({ identifier }) => identifier)).toEqual(['org.example.enrollment']);
    expect(mac.state.fileVault).toEqual(before.fileVault);
  });

  test('ends at 403 with com.apple.unrecognized.device, not at a bare 403', async () => {
    const mac = await enrolledMac();
    server.mishaps.push({ to: 'Idle', does: 403 });
    await mac.poll();
    expect(mac.state.enrollment).not.toBeNull();
    server.mishaps.push({ to: 'Idle', does: 403, body: '{"code":"com.apple.unrecognized.device"}' });
    await mac.poll();
    expect(mac.state.enrollment).toBeNull();
  });

  test('is renewed by the same profile through InstallProfile, with a new certificate', async () => {
    const mac = await enrolledMac();
    const before = mac.state.enrollment;
    const uuid = server.queue('InstallProfile', { Payload: enrollmentProfile(server.url, ca.der) });
    await mac.poll();
    expect(server.statuses()).toEqual(['Idle', 'Authenticate', 'TokenUpdate', 'Acknowledged']);
    expect(server.results(uuid)).toHaveLength(1);
    expect(mac.state.enrollment?.certificate.equals(before?.certificate ?? Buffer.alloc(0))).toBe(false);
  });

  test('ends with CheckOut when its profile is removed', async () => {
    const mac = await enrolledMac();
    server.queue('RemoveProfile', { Identifier: 'org.example.enrollment' });
    await mac.poll();
    expect(server.statuses()).toEqual(['Idle', 'Acknowledged', 'CheckOut']);
    expect(mac.state.enrollment).toBeNull();
  });
});

describe('commands', () => {
  test('are run one after another until the server has none', async () => {
    const mac = await enrolledMac();
    const info = server.queue('DeviceInformation', { Queries: ['SerialNumber', 'Nonsense', 'OSVersion'] });
    const unknown = server.queue('EraseDevice');
    await mac.poll();
    expect(server.statuses()).toEqual(['Idle', 'Acknowledged', 'Error']);
    expect(dictOf(server.results(info)[0] ?? {}, 'QueryResponses')).toEqual({
      SerialNumber: mac.identity.serialNumber,
      OSVersion: '15.7.1',
    });
    expect(server.results(unknown)[0]?.['ErrorChain']).toMatchObject([
      { ErrorCode: 12021n, ErrorDomain: 'MCMDMErrorDomain' },
    ]);
    expect(server.seen[0]?.contentType).toBe('application/x-apple-aspen-mdm; charset=UTF-8');
  });

  test('that are malformed are answered CommandFormatError', async () => {
    const mac = await enrolledMac();
    server.queueRaw(Buffer.from('<plist><dict><key>CommandUUID</key><string>x</string></dict></plist>'));
    await mac.poll();
    expect(server.statuses()).toEqual(['Idle', 'CommandFormatError']);
  });

  test('ProfileList and CertificateList tell what is installed', async () => {
    const mac = await enrolledMac();
    server.queue('InstallProfile', { Payload: escrowProfile(escrow.der) });
    const profiles = server.queue('ProfileList');
    const certificates = server.queue('CertificateList');
    await mac.poll();
    expect(server.results(profiles)[0]?.['ProfileList']).toMatchObject([
      { PayloadIdentifier: 'org.example.enrollment' },
      {
        PayloadIdentifier: 'org.example.filevault',
        PayloadContent: [
          { PayloadType: 'com.apple.security.pkcs1' },
          { PayloadType: 'com.apple.security.FDERecoveryKeyEscrow' },
        ],
      },
    ]);
    expect(server.results(certificates)[0]?.['CertificateList']).toMatchObject([
      { IsIdentity: true },
      { CommonName: 'escrow', Data: escrow.der, IsIdentity: false },
    ]);
    server.queue('RemoveProfile', { Identifier: 'org.example.filevault' });
    await mac.poll();
    expect(mac.state.profiles).toHaveLength(1);
  });

  test.each([
    [
      'whose escrow payload names no certificate',
      () => escrowProfile(escrow.der, 'org.example.x', 'nowhere'),
    ],
    ['that is no profile', () => Buffer.from('hello')],
    ['with a payload without identifier', () => profile('org.example.y', [{ PayloadType: 'a' }])],
  ])('InstallProfile of a profile %s is an Error', async (_what, make) => {
    const mac = await enrolledMac();
    const uuid = server.queue('InstallProfile', { Payload: make() });
    await mac.poll();
    expect(server.results(uuid)[0]?.['Status']).toBe('Error');
  });

  test('a second escrow payload is refused, the same profile again replaces', async () => {
    const mac = await enrolledMac();
    const first = server.queue('InstallProfile', { Payload: escrowProfile(escrow.der) });
    const again = server.queue('InstallProfile', { Payload: escrowProfile(escrow.der) });
    const second = server.queue('InstallProfile', { Payload: escrowProfile(escrow.der, 'org.other') });
    await mac.poll();
    const statuses = [first, again, second].map((uuid) => server.results(uuid)[0]?.['Status']);
    expect(statuses).toEqual(['Acknowledged', 'Acknowledged', 'Error']);
  });
});

describe('FileVault', () => {
  test('has no escrow copy until a key is made under the escrow payload', async () => {
    const mac = await enrolledMac();
    server.queue('InstallProfile', { Payload: escrowProfile(escrow.der) });
    const before = await securityInfo(mac);
    expect(before).toMatchObject({ FDE_Enabled: true, FDE_HasPersonalRecoveryKey: true });
    expect(before).not.toHaveProperty('FDE_PersonalRecoveryKeyCMS');
    await mac.makeNewRecoveryKey();
    const after = (await securityInfo(mac)) ?? {};
    expect(decryptCms(dataOf(after, 'FDE_PersonalRecoveryKeyCMS') ?? Buffer.alloc(0), escrow)).toBe(
      mac.paper.currentRecoveryKey,
    );
    expect(after['FDE_PersonalRecoveryKeyDeviceKey']).toBe('asset-17');
  });

  test('makes a key and its copy at once where the habit is silent re-escrow', async () => {
    const mac = await enrolledMac({ habits: { silentReEscrow: true } });
    const before = mac.paper.currentRecoveryKey;
    server.queue('InstallProfile', { Payload: escrowProfile(escrow.der) });
    await mac.poll();
    expect(mac.paper.currentRecoveryKey).not.toBe(before);
    expect(decryptCms(mac.state.fileVault.escrowCopy ?? Buffer.alloc(0), escrow)).toBe(
      mac.paper.currentRecoveryKey,
    );
  });

  test('turned on after the escrow payload gives a key and a copy; turned off, neither', async () => {
    const mac = await enrolledMac({ fileVaultEnabled: false });
    expect(await securityInfo(mac)).toMatchObject({ FDE_Enabled: false, FDE_HasPersonalRecoveryKey: false });
    server.queue('InstallProfile', { Payload: escrowProfile(escrow.der) });
    await mac.poll();
    await mac.turnFileVaultOn();
    expect(decryptCms(mac.state.fileVault.escrowCopy ?? Buffer.alloc(0), escrow)).toBe(
      mac.paper.currentRecoveryKey,
    );
    await mac.turnFileVaultOff();
    expect(mac.state.fileVault).toMatchObject({ enabled: false, currentRecoveryKey: null, escrowCopy: null });
  });

  test('is turned on by a profile at the next restart', async () => {
    const mac = await enrolledMac({ fileVaultEnabled: false });
    const payload = {
      PayloadType: 'com.apple.MCX.FileVault2',
      PayloadVersion: 1n,
      PayloadIdentifier: 'org.example.on.filevault',
      PayloadUUID: 'DDDDDDDD-0000-4000-8000-000000000001',
      Enable: 'On',
      Defer: true,
    };
    server.queue('InstallProfile', { Payload: profile('org.example.on', [payload]) });
    await mac.poll();
    expect(mac.state.fileVault.enabled).toBe(false);
    await mac.restart();
    expect(mac.state.fileVault.enabled).toBe(true);
  });
});

describe('a rotation', () => {
  test('with the current key hands the new one back, encrypted, and rewrites the escrow copy', async () => {
    const mac = await enrolledMac();
    server.queue('InstallProfile', { Payload: escrowProfile(escrow.der) });
    await mac.poll();
    const before = mac.paper.currentRecoveryKey;
    const uuid = queueRotation(mac);
    await mac.poll();
    const after = mac.paper.currentRecoveryKey;
    expect(after).not.toBe(before);
    expect(newKeyIn(uuid)).toBe(after);
    expect(mac.state.fileVault.earlierRecoveryKeys).toEqual([before]);
    expect(decryptCms(mac.state.fileVault.escrowCopy ?? Buffer.alloc(0), escrow)).toBe(after);
  });

  test('is answered in AES, DER and by key identifier where that is the habit', async () => {
    const envelope = {
      encoding: 'der',
      cipher: 'aes-128-cbc',
      recipient: 'subject-key-identifier',
    } as const;
    const mac = await enrolledMac({ habits: { envelope, signature: 'sha256-attributes' } });
    const uuid = queueRotation(mac);
    await mac.poll();
    expect(newKeyIn(uuid)).toBe(mac.paper.currentRecoveryKey);
  });

  test.each([
    ['another key', (key: string) => (key.startsWith('A') ? `B${key.slice(1)}` : `A${key.slice(1)}`)],
    ['lower case', (key: string) => key.toLowerCase()],
    ['no hyphens', (key: string) => key.replaceAll('-', '')],
  ])('with %s is an Error and changes nothing', async (_what, change) => {
    const mac = await enrolledMac();
    const before = mac.state;
    const uuid = queueRotation(mac, change(mac.paper.currentRecoveryKey ?? ''));
    await mac.poll();
    expect(server.results(uuid)[0]?.['Status']).toBe('Error');
    expect(server.seen.at(-1)?.raw.toString()).not.toContain(mac.paper.currentRecoveryKey);
    expect(mac.state).toBe(before);
  });

  test('with FileVault off is an Error', async () => {
    const mac = await enrolledMac({ fileVaultEnabled: false });
    const uuid = queueRotation(mac, 'ABCD-2345-EFGH-6789-TUVW-XYZ2');
    await mac.poll();
    expect(server.results(uuid)[0]?.['Status']).toBe('Error');
  });

  test('is on paper before its answer leaves', async () => {
    const events: string[] = [];
    const mac = await enrolledMac({
      onRecoveryKeyChanged: async (paper) => {
        await new Promise((resolve) => setImmediate(resolve));
        events.push(`${server.statuses().length} ${paper.currentRecoveryKey ?? ''}`);
      },
    });
    queueRotation(mac);
    await mac.poll();
    expect(events).toEqual([`1 ${mac.paper.currentRecoveryKey ?? ''}`]);
    expect(server.statuses()).toEqual(['Idle', 'Acknowledged']);
  });
});

test('a key that cannot be put on paper is not answered until it can', async () => {
  let full = true;
  const mac = await enrolledMac({
    onRecoveryKeyChanged: () => {
      if (full) throw new Error('disk full');
    },
  });
  const uuid = queueRotation(mac);
  await expect(mac.poll()).rejects.toThrow('disk full');
  expect(server.results(uuid)).toEqual([]);
  full = false;
  surroundings.fireTimers();
  await mac.settled();
  expect(newKeyIn(uuid)).toBe(mac.paper.currentRecoveryKey);
});

test('over TLS a Mac offers its identity certificate and trusts only what it was told to', async () => {
  const tls = makeCertificate('localhost', ['subjectAltName=IP:127.0.0.1']);
  const offered: Buffer[] = [];
  const options = { key: tls.keyPem, cert: tls.pem, requestCert: true, rejectUnauthorized: false };
  const front = createServer(options, (request, response) => {
    if (request.socket instanceof TLSSocket) offered.push(request.socket.getPeerCertificate().raw);
    request.resume().on('end', () => response.end());
  });
  front.listen(0, '127.0.0.1');
  await once(front, 'listening');
  const address = front.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const there = enrollmentProfile(server.url, ca.der, { ServerURL: `https://127.0.0.1:${port}/mdm` });
  await expect((await openMac()).enroll(there)).rejects.toMatchObject({ kind: 'authenticate-unreachable' });
  const mac = await openMac({ trust: tls.pem });
  await mac.enroll(there);
  expect(offered.map((raw) => raw.equals(mac.state.enrollment?.certificate ?? Buffer.alloc(0)))).toEqual([
    true,
    true,
  ]);
  front.closeAllConnections();
  front.close();
});

describe('a result that is not taken', () => {
  test.each([
    ['refused with 500', 500],
    ['cut off', 'cut'],
    ['cut off in the middle of its answer', 'cut-midway'],
  ] as const)('is repeated, byte for byte, until it is: %s', async (_what, does) => {
    const mac = await enrolledMac();
    const uuid = queueRotation(mac);
    server.mishaps.push({ to: 'Acknowledged', does }, { to: 'Acknowledged', does });
    await mac.poll();
    expect(mac.owesResult).toBe(true);
    expect(surroundings.fireTimers()).toBe(true);
    await mac.settled();
    expect(surroundings.fireTimers()).toBe(true);
    await mac.settled();
    expect(server.statuses()).toEqual(['Idle', 'Acknowledged', 'Acknowledged', 'Acknowledged']);
    expect(new Set(server.seen.slice(1).map(({ raw }) => raw.toString())).size).toBe(1);
    expect(newKeyIn(uuid)).toBe(mac.paper.currentRecoveryKey);
    expect(mac.owesResult).toBe(false);
    expect(surroundings.fireTimers()).toBe(false);
  });

  test('because the Mac was closed meanwhile is owed, and the closing waits for nobody', async () => {
    const mac = await enrolledMac();
    queueRotation(mac);
    server.mishaps.push({ to: 'Acknowledged', does: 'hang' });
    const poll = mac.poll();
    await vi.waitUntil(() => server.statuses().length === 2);
    await mac.close();
    await poll;
    expect(mac.owesResult).toBe(true);
    expect(surroundings.fireTimers()).toBe(false);
  });

  test('is still owed after the process was killed', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'keyhaven-mac-'));
    const killed = await enrolledMac({ folder });
    const uuid = queueRotation(killed);
    server.mishaps.push({ to: 'Acknowledged', does: 'cut' });
    await killed.poll();
    const mac = await openMac({ folder });
    expect(mac.state).toEqual(killed.state);
    await mac.poll();
    expect(newKeyIn(uuid)).toBe(mac.paper.currentRecoveryKey);
    expect((await openMac({ folder })).owesResult).toBe(false);
    await rm(folder, { recursive: true });
  });
});

test('the certificate of an enrolled Mac is one that the CA signed', async () => {
  const mac = await enrolledMac();
  const issued = pemOf(mac.state.enrollment?.certificate ?? Buffer.alloc(0));
  expect(openssl(['verify', '-CAfile', 'ca', 'issued'], { ca: ca.pem, issued }).toString()).toContain('OK');
});
