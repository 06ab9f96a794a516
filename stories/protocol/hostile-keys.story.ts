import { asleep } from '@keyhaven/mac/behaviours/asleep';
import { answers } from '@keyhaven/mac/behaviours/behaviour';
import { type Certificate, readCertificate } from '@keyhaven/mac/certificate';
import { escrowOf } from '@keyhaven/mac/file-vault';
import { parsePlistDict } from '@keyhaven/mac/plist';
import { textOf } from '@keyhaven/mac/plist-fields';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { storedMacs, storePaper, untilSaved } from '../faults/bench-fleet.ts';
import { type BenchWorld, startBenchWorld } from '../faults/bench-world.ts';
import { unknownUuid } from '../faults/impostors.ts';
import { type MacVoice, speakingTo } from '../faults/mac-voice.ts';
import { keyOf, type Portal } from '../faults/portal.ts';
import type { WatchedMac } from '../faults/watched-mac.ts';
import { oddEnvelope, strangersCertificate } from './odd-envelopes.ts';
import { sending } from './sending.ts';

let world: BenchWorld;
let portal: Portal;
let first: WatchedMac;
let second: WatchedMac;
let voiceOf: (mac: WatchedMac) => MacVoice;

beforeAll(async () => {
  world = await startBenchWorld();
  const stored = await storedMacs(world, ['employee@example.com', 'colleague@example.com']);
  const [one, two] = stored.macs;
  if (one === undefined || two === undefined) throw new Error('there are no two Macs');
  [first, second, portal] = [one, two, stored.portal];
  voiceOf = ({ mac }) => speakingTo(world.origin)(mac);
});
afterAll(() => world.close());

const escrowCertificate = ({ mac }: WatchedMac): Certificate =>
  readCertificate(escrowOf(mac.state)?.certificate ?? Buffer.alloc(0));
const keyOnDisk = ({ mac }: WatchedMac): string => mac.paper.currentRecoveryKey ?? '';

/** Has the Mac tell its status with that escrow copy. */
async function tellStatus(mac: WatchedMac, cms: () => Buffer): Promise<void> {
  await mac.mac.settled();
  mac.mac.setBehaviour(sending(cms));
  await portal.call(mac.owner, 'POST', `/api/v1/devices/${mac.device}/check-status`, {});
  await mac.mac.wake();
  await mac.mac.settled();
  expect(mac.mac.owesResult).toBe(false);
  mac.behave(answers);
}

/** Every key that its owner can be shown. */
async function keysShown(mac: WatchedMac): Promise<ReadonlySet<string>> {
  const keys = new Set<string>();
  for (const { version } of await portal.versions(mac)) {
    const key = keyOf(await portal.reveal(mac.owner, mac, version));
    if (key !== null) keys.add(key);
  }
  return keys;
}

describe('an escrow copy that is no key of this Mac', () => {
  const other = 'QWER-TYUP-2345-6789-ABCD-EFGH';
  const shapes: readonly (readonly [string, () => Buffer])[] = [
    ['9-16 the escrow copy of another Mac', () => second.mac.state.fileVault.escrowCopy ?? Buffer.alloc(0)],
    [
      '9-16 another Mac’s key under this Mac’s name of recipient',
      () => {
        const { issuer, serialNumber } = escrowCertificate(first);
        const stranger = strangersCertificate(Buffer.from([1]), Buffer.from('3000', 'hex'));
        return oddEnvelope(Buffer.from(other), [{ ...stranger, issuer, serialNumber }]);
      },
    ],
    [
      '9-17 two recipients, neither of them this Mac',
      () =>
        oddEnvelope(Buffer.from(other), [
          escrowCertificate(second),
          strangersCertificate(Buffer.from([2]), Buffer.from('3000', 'hex')),
        ]),
    ],
    [
      '9-18 a content key of 15 octets',
      () => oddEnvelope(Buffer.from(other), [escrowCertificate(first)], Buffer.alloc(15, 1)),
    ],
    [
      '9-18 a content key of 32 octets',
      () => oddEnvelope(Buffer.from(other), [escrowCertificate(first)], Buffer.alloc(32, 1)),
    ],
    [
      '9-18 an empty content key',
      () => oddEnvelope(Buffer.from(other), [escrowCertificate(first)], Buffer.alloc(0)),
    ],
    [
      '9-19 text that is no UTF-8',
      () => oddEnvelope(Buffer.concat([Buffer.from(other), Buffer.from([0xff])]), [escrowCertificate(first)]),
    ],
    [
      '9-19 a key in UTF-16',
      () => oddEnvelope(Buffer.from(`${other}é`, 'utf16le'), [escrowCertificate(first)]),
    ],
    ['9-19 nothing', () => oddEnvelope(Buffer.alloc(0), [escrowCertificate(first)])],
    ['9-19 23 letters', () => oddEnvelope(Buffer.from(other.slice(0, -1)), [escrowCertificate(first)])],
    ['9-19 a megabyte', () => oddEnvelope(Buffer.alloc(1024 * 1024, other), [escrowCertificate(first)])],
    ['9-1 a BER bomb', () => Buffer.from('3080'.repeat(3000), 'hex')],
    ['9-1 a length of 2^31', () => Buffer.from('30848000000006092a864886f70d010703', 'hex')],
    ['9-1 no CMS', () => Buffer.from(other)],
  ];

  it.each(shapes)('5.4-5 %s: taken with 200, and no key is made of it', async (_, cms) => {
    const before = await keysShown(first);
    const from = world.exchanges.length;
    await tellStatus(first, cms);
    const answered = world.exchanges
      .slice(from)
      .filter(({ request }) => request.start.startsWith('PUT /mdm'));
    expect(answered.length).toBeGreaterThan(1);
    expect(new Set(answered.map(({ response }) => response?.start.split(' ')[1]))).toEqual(new Set(['200']));
    expect(await keysShown(first)).toEqual(before);
    expect(before.has(other)).toBe(false);
  });

  it('4.4-2 5.4-5 a rotation answered with one: kept, taken with 200, the attempt is not saved by it, and the next store works', async () => {
    const before = await keysShown(first);
    first.mac.setBehaviour(
      sending(() => oddEnvelope(Buffer.from(other), [escrowCertificate(first)], Buffer.alloc(15, 1))),
    );
    await storePaper(portal, first);
    for (let polls = 0; polls < 4; polls += 1) await first.mac.wake();
    await first.mac.settled();
    const { attempt } = await portal.device(first);
    expect(attempt?.state).not.toBe('saved');
    expect((await portal.versions(first)).map(({ state }) => state)).toContain('unreadable');
    expect([...(await keysShown(first))].filter((key) => !before.has(key))).toEqual([]);
    first.behave(answers);
    await portal.call(first.owner, 'POST', `/api/v1/devices/${first.device}/check-status`, {});
    await first.mac.wake();
    await first.mac.settled();
    expect(await keysShown(first)).toContain(keyOnDisk(first));
  });
});

describe('a key in an odd dress', () => {
  const dresses: readonly (readonly [string, (key: string) => Buffer])[] = [
    ['9-20 with a newline', (key) => Buffer.from(`${key}\n`)],
    ['9-20 with carriage return and newline', (key) => Buffer.from(`${key}\r\n`)],
    ['9-20 with NULs behind it', (key) => Buffer.from(`${key}\0\0\0`)],
    ['9-20 with blanks around it', (key) => Buffer.from(` ${key} `)],
    ['9-20 of 24 characters without hyphens', (key) => Buffer.from(key.replaceAll('-', ''))],
    ['9-20 in lower case', (key) => Buffer.from(key.toLowerCase())],
  ];

  it.each(dresses)('5.5-1 %s is the Mac’s key all the same', async (_, dress) => {
    await first.mac.makeNewRecoveryKey();
    await tellStatus(first, () => oddEnvelope(dress(keyOnDisk(first)), [escrowCertificate(first)]));
    expect(await keysShown(first)).toContain(keyOnDisk(first));
  });

  it('9-17 to two recipients, one of them this Mac’s escrow key, is the Mac’s key', async () => {
    const stranger = strangersCertificate(Buffer.from([3]), Buffer.from('3000', 'hex'));
    await first.mac.makeNewRecoveryKey();
    await tellStatus(first, () =>
      oddEnvelope(Buffer.from(keyOnDisk(first)), [stranger, escrowCertificate(first)]),
    );
    expect(await keysShown(first)).toContain(keyOnDisk(first));
  });

  it('5.5-2 of letters that Macs seem not to use is taken as it stands', async () => {
    await tellStatus(first, () =>
      oddEnvelope(Buffer.from('0000-1111-IIII-SSSS-OOOO-LLLL'), [escrowCertificate(first)]),
    );
    expect(await keysShown(first)).toContain('0000-1111-IIII-SSSS-OOOO-LLLL');
  });
});

describe('a message of yesterday, or for somebody else', () => {
  afterEach(() => first.behave(answers));

  it('9-14 3.4-8 a replayed Idle fetches no recovery key, however often it comes', async () => {
    first.mac.setBehaviour(asleep);
    await storePaper(portal, first);
    const voice = voiceOf(first);
    for (let times = 0; times < 5; times += 1) {
      const { status, body } = await voice.say({ UDID: voice.udid, Status: 'Idle' });
      expect(status).toBe(200);
      expect(body.includes('RotateFileVaultKey')).toBe(false);
      for (const key of first.made) expect(body.includes(key)).toBe(false);
    }
    first.behave(answers);
    await untilSaved(portal, first);
  });

  it('9-15 4.3-2 an answer to another Mac’s command, or to nobody’s: 200, and nothing becomes of it', async () => {
    second.mac.setBehaviour(asleep);
    await portal.call(second.owner, 'POST', `/api/v1/devices/${second.device}/check-status`, {});
    const theirs = voiceOf(second);
    const handed = parsePlistDict((await theirs.say({ UDID: theirs.udid, Status: 'Idle' })).body);
    const uuid = textOf(handed, 'CommandUUID') ?? '';
    const voice = voiceOf(first);
    const before = await Promise.all([portal.device(first), portal.device(second)]);
    const info = {
      FDE_Enabled: false,
      FDE_PersonalRecoveryKeyCMS: first.mac.state.fileVault.escrowCopy ?? Buffer.alloc(0),
    };
    for (const foreign of [uuid, unknownUuid, 'no-uuid', '']) {
      const said = { UDID: voice.udid, Status: 'Acknowledged', CommandUUID: foreign, SecurityInfo: info };
      const answer = await voice.say(said);
      expect([answer.status, answer.body.length]).toEqual([foreign === '' ? 400 : 200, 0]);
    }
    const after = await Promise.all([portal.device(first), portal.device(second)]);
    expect(after.map(({ encryption, recoveryKey }) => [encryption.enabled, recoveryKey])).toEqual(
      before.map(({ encryption, recoveryKey }) => [encryption.enabled, recoveryKey]),
    );
    // The command is still its owner's to answer.
    const again = parsePlistDict((await theirs.say({ UDID: theirs.udid, Status: 'Idle' })).body);
    expect(textOf(again, 'CommandUUID')).toBe(uuid);
    second.behave(answers);
  });
});

it('5.4-5 after all of it a key is stored, saved and shown, and no Mac was answered with anything but 200 or 400', async () => {
  await storePaper(portal, first);
  await untilSaved(portal, first);
  expect(keyOf(await portal.reveal(first.owner, first))).toBe(keyOnDisk(first));
  const statuses = world.exchanges.flatMap(({ request, response }) =>
    response !== null && request.start.includes(' /mdm') ? [response.start.split(' ')[1]] : [],
  );
  expect(new Set(statuses)).toEqual(new Set(['200', '400']));
});
