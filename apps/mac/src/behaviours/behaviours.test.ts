import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type MacOptions, SimulatedMac } from '../mac.ts';
import { dataOf, dictOf } from '../plist-fields.ts';
import { TestMdmServer } from '../test-support/mdm-server.ts';
import { decryptCms, makeCertificate, type TestCertificate } from '../test-support/openssl.ts';
import { enrollmentProfile, escrowProfile } from '../test-support/profiles.ts';
import { type TestSurroundings, testSurroundings } from '../test-support/surroundings.ts';
import { answers, type Behaviour } from './behaviour.ts';
import type { BehaviourSetting } from './behaviour-slot.ts';
import { BEHAVIOUR_NAMES, behaviourNamed } from './by-name.ts';

let ca: TestCertificate;
let escrow: TestCertificate;
let server: TestMdmServer;
let surroundings: TestSurroundings;
let mac: SimulatedMac;

beforeAll(() => {
  ca = makeCertificate('device ca');
  escrow = makeCertificate('escrow');
});
beforeEach(async () => {
  server = await new TestMdmServer(ca).start();
  surroundings = testSurroundings();
  mac = await macUnderManagement();
});
afterEach(async () => {
  await mac.close();
  await server.stop();
});

async function macUnderManagement(options: MacOptions = {}): Promise<SimulatedMac> {
  const made = await SimulatedMac.open({
    surroundings,
    reEnroll: () => Promise.resolve(enrollmentProfile(server.url, ca.der)),
    ...options,
  });
  await made.enroll(enrollmentProfile(server.url, ca.der));
  server.queue('InstallProfile', { Payload: escrowProfile(escrow.der) });
  await made.poll();
  await made.makeNewRecoveryKey();
  server.seen.length = 0;
  return made;
}

function behave(name: string, setting: BehaviourSetting = {}): void {
  const behaviour: Behaviour | null = behaviourNamed(name);
  expect(behaviour?.name).toBe(name);
  mac.setBehaviour(behaviour ?? answers, setting);
}

function queueRotation(uuid?: string): string {
  const fields = {
    KeyType: 'personal',
    FileVaultUnlock: { Password: mac.paper.currentRecoveryKey ?? '' },
    ReplyEncryptionCertificate: escrow.der,
  };
  return server.queue('RotateFileVaultKey', fields, uuid);
}

function push(): Promise<void> {
  mac.push(mac.state.enrollment?.pushMagic ?? '');
  return mac.settled();
}

function escrowedKey(): string {
  return decryptCms(mac.state.fileVault.escrowCopy ?? Buffer.alloc(0), escrow);
}

test('every behaviour can be set by its name, and none by another', () => {
  for (const name of BEHAVIOUR_NAMES) expect(behaviourNamed(name)?.name).toBe(name);
  expect(behaviourNamed('dances')).toBeNull();
});

describe('a push', () => {
  test('with the magic of the enrollment wakes the Mac; with another it does not', async () => {
    await push();
    expect(server.statuses()).toEqual(['Idle']);
    mac.push('another magic');
    await mac.settled();
    expect(server.statuses()).toEqual(['Idle']);
  });

  test('that comes with others is one', async () => {
    for (let times = 0; times < 5; times += 1) mac.push(mac.state.enrollment?.pushMagic ?? '');
    await mac.settled();
    expect(server.statuses()).toEqual(['Idle']);
  });
});

describe('asleep', () => {
  test('hears no push until it wakes, but a hand on the lid', async () => {
    behave('asleep');
    await push();
    await push();
    expect(server.statuses()).toEqual([]);
    await mac.wake();
    expect(server.statuses()).toEqual(['Idle']);
    behave('answers');
    await push();
    expect(server.statuses()).toEqual(['Idle', 'Idle']);
  });

  test('for once misses one push', async () => {
    behave('asleep', { times: 'once' });
    await push();
    expect(server.statuses()).toEqual([]);
    await push();
    expect(server.statuses()).toEqual(['Idle']);
  });
});

test('not-now-twice says NotNow twice, comes back by itself and then answers', async () => {
  behave('not-now-twice');
  const uuid = server.queue('SecurityInfo');
  await mac.poll();
  surroundings.fireTimers();
  await mac.settled();
  surroundings.fireTimers();
  await mac.settled();
  expect(server.results(uuid).map((result) => result['Status'])).toEqual([
    'NotNow',
    'NotNow',
    'Acknowledged',
  ]);
  expect(mac.behaviour).toBe('answers');
});

test('not-now-twice can be kept for rotations', async () => {
  behave('not-now-twice', { commands: ['RotateFileVaultKey'] });
  const info = server.queue('SecurityInfo');
  const rotation = queueRotation();
  const before = mac.paper.currentRecoveryKey;
  await mac.poll();
  expect(server.results(info)[0]?.['Status']).toBe('Acknowledged');
  expect(server.results(rotation)[0]?.['Status']).toBe('NotNow');
  expect(mac.paper.currentRecoveryKey).toBe(before);
});

describe('loses-the-answer', () => {
  test('rotates, says nothing, and is Idle at the next push with the new key in escrow', async () => {
    behave('loses-the-answer', { times: 'once' });
    const before = mac.paper.currentRecoveryKey;
    const uuid = queueRotation();
    await mac.poll();
    expect(server.statuses()).toEqual(['Idle']);
    expect(mac.paper.currentRecoveryKey).not.toBe(before);
    expect(mac.owesResult).toBe(false);
    expect(surroundings.fireTimers()).toBe(false);
    await push();
    expect(server.statuses()).toEqual(['Idle', 'Idle', 'Error']);
    expect(server.results(uuid)).toHaveLength(1);
    expect(escrowedKey()).toBe(mac.paper.currentRecoveryKey);
  });

  test('is on paper although nothing is answered', async () => {
    const papers: (string | null)[] = [];
    const other = await macUnderManagement({
      onRecoveryKeyChanged: (paper) => void papers.push(paper.currentRecoveryKey),
    });
    await mac.close();
    mac = other;
    behave('loses-the-answer');
    queueRotation();
    await mac.poll();
    expect(papers.at(-1)).toBe(mac.paper.currentRecoveryKey);
    expect(papers).toHaveLength(2);
  });
});

test('rotates-then-dies is silent until a push, and owes nothing then', async () => {
  behave('rotates-then-dies', { times: 'once' });
  const before = mac.paper.currentRecoveryKey;
  queueRotation('first');
  await mac.poll();
  await mac.poll();
  expect(server.statuses()).toEqual(['Idle']);
  expect(mac.paper.currentRecoveryKey).not.toBe(before);
  await push();
  expect(server.statuses()).toEqual(['Idle', 'Idle', 'Error']);
  behave('rotates-then-dies', { times: 'once' });
  queueRotation('second');
  await mac.poll();
  await mac.restart();
  expect(server.statuses().slice(3)).toEqual(['Idle', 'Idle', 'Error']);
});

test('rotates-without-reply-key acknowledges, and only the escrow copy tells the key', async () => {
  behave('rotates-without-reply-key');
  const before = mac.paper.currentRecoveryKey;
  const uuid = queueRotation();
  await mac.poll();
  expect(server.results(uuid)[0]).toMatchObject({ Status: 'Acknowledged' });
  expect(server.results(uuid)[0]).not.toHaveProperty('RotateResult');
  expect(mac.paper.currentRecoveryKey).not.toBe(before);
  expect(escrowedKey()).toBe(mac.paper.currentRecoveryKey);
});

test('answers-twice sends the same bytes twice and rotates once', async () => {
  behave('answers-twice');
  const earlier = mac.state.fileVault.earlierRecoveryKeys.length;
  const uuid = queueRotation();
  await mac.poll();
  expect(server.results(uuid)).toHaveLength(2);
  expect(server.seen.at(-1)?.raw).toEqual(server.seen.at(-2)?.raw);
  expect(mac.state.fileVault.earlierRecoveryKeys).toHaveLength(earlier + 1);
});

test('erased leaves nothing, answers nothing and hears no push, until it is enrolled again', async () => {
  behave('erased');
  const magic = mac.state.enrollment?.pushMagic ?? '';
  const uuid = queueRotation();
  await mac.poll();
  mac.push(magic);
  await mac.settled();
  expect(server.statuses()).toEqual(['Idle']);
  expect(server.results(uuid)).toEqual([]);
  expect(mac.state).toMatchObject({
    enrollment: null,
    profiles: [],
    fileVault: { enabled: false, currentRecoveryKey: null, earlierRecoveryKeys: [], escrowCopy: null },
  });
  await mac.enroll(enrollmentProfile(server.url, ca.der));
  expect(mac.state.enrollment?.tokenDelivered).toBe(true);
  expect(mac.behaviour).toBe('answers');
});

test('re-enrolls enrolls anew instead of answering, with its key unchanged', async () => {
  behave('re-enrolls');
  const before = mac.state;
  const uuid = queueRotation();
  await mac.poll();
  expect(server.statuses()).toEqual(['Idle', 'Authenticate', 'TokenUpdate']);
  expect(server.results(uuid)).toEqual([]);
  expect(mac.state.fileVault).toEqual(before.fileVault);
  expect(mac.state.enrollment?.pushMagic).not.toBe(before.enrollment?.pushMagic);
  expect(mac.state.formerTokens).toEqual([before.enrollment?.token]);
});

test('filevault-off reports FileVault as off and refuses to rotate, while the truth stays', async () => {
  behave('filevault-off');
  const before = mac.state.fileVault;
  const info = server.queue('SecurityInfo');
  const rotation = queueRotation();
  await mac.poll();
  const reported = dictOf(server.results(info)[0] ?? {}, 'SecurityInfo') ?? {};
  expect(reported).toMatchObject({ FDE_Enabled: false, FDE_HasPersonalRecoveryKey: false });
  expect(dataOf(reported, 'FDE_PersonalRecoveryKeyCMS')).toBeNull();
  expect(server.results(rotation)[0]?.['Status']).toBe('Error');
  expect(mac.state.fileVault).toEqual(before);
});

test('errors answers a right key with an ErrorChain and keeps it', async () => {
  behave('errors', { times: 'once' });
  const before = mac.state.fileVault;
  const first = queueRotation();
  const second = queueRotation();
  await mac.poll();
  expect(server.results(first)[0]).toMatchObject({ Status: 'Error', ErrorChain: [{ ErrorCode: 12149n }] });
  expect(server.results(second)[0]?.['Status']).toBe('Acknowledged');
  expect(mac.state.fileVault.earlierRecoveryKeys.at(-1)).toBe(before.currentRecoveryKey);
});
