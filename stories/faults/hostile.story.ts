import { asleep } from '@keyhaven/mac/behaviours/asleep';
import { answers } from '@keyhaven/mac/behaviours/behaviour';
import { SimulatedMac } from '@keyhaven/mac/mac';
import { parsePlistDict, writePlist } from '@keyhaven/mac/plist';
import { textOf } from '@keyhaven/mac/plist-fields';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { enrollAt, storedMacs, storePaper, untilSaved } from './bench-fleet.ts';
import { type BenchWorld, startBenchWorld } from './bench-world.ts';
import { foreignVoice, messagesInTheNameOf, unknownUuid } from './impostors.ts';
import { type MacVoice, speakingTo } from './mac-voice.ts';
import { keyOf, type Portal } from './portal.ts';
import type { WatchedMac } from './watched-mac.ts';

const owners = ['employee@example.com', 'colleague@example.com'] as const;
let world: BenchWorld;
let portal: Portal;
let macs: readonly WatchedMac[];
let first: WatchedMac;
let voiceOf: (mac: SimulatedMac) => MacVoice;

beforeAll(async () => {
  world = await startBenchWorld();
  ({ portal, macs } = await storedMacs(world, [...owners, ...owners, ...owners]));
  const [any] = macs;
  if (any === undefined) throw new Error('there is no Mac');
  first = any;
  voiceOf = speakingTo(world.origin);
});
afterAll(() => world.close());

/** Everything that a message must not change, of every Mac. */
async function holdings(): Promise<unknown> {
  const all: unknown[] = [];
  for (const mac of macs) {
    const { recoveryKey, attempt, enrollment, encryption, owner, name, serialNumber } =
      await portal.device(mac);
    const facts = {
      recoveryKey,
      attempt: attempt?.id,
      state: attempt?.state,
      enrollment,
      owner,
      name,
      serialNumber,
    };
    all.push({ ...facts, enabled: encryption.enabled, versions: await portal.versions(mac) });
  }
  return all;
}

const lastAnswer = (kind: string): Buffer => {
  const found = world.exchanges.findLast(({ request }) => request.body.includes(kind));
  if (found === undefined) throw new Error(`no ${kind} went over the wire`);
  return found.request.body;
};

describe('a message that is not a Mac’s', () => {
  const idle = (udid: string): Buffer => writePlist({ UDID: udid, Status: 'Idle' });

  it('is refused with 400 and changes nothing: unsigned, badly signed, changed, or signed by another CA', async () => {
    const before = await holdings();
    const voice = voiceOf(first.mac);
    const body = idle(voice.udid);
    const changed = Buffer.concat([body, Buffer.from('\n')]);
    const broken = Buffer.from(voice.sign(body), 'base64');
    broken[broken.length - 10] = (broken[broken.length - 10] ?? 0) ^ 1;
    const statuses = [
      await voice.put(body, null),
      await voice.put(body, ''),
      await voice.put(body, 'AAAA'),
      await voice.put(body, broken.toString('base64')),
      await voice.put(changed, voice.sign(body)),
      await foreignVoice(world, first.mac).put(body),
    ].map(({ status }) => status);
    expect(statuses).toEqual([400, 400, 400, 400, 400, 400]);
    expect(await holdings()).toEqual(before);
  });

  it('9-1 is refused with 400 when its signature is a bomb', async () => {
    const { put, udid } = voiceOf(first.mac);
    const bombs = [
      Buffer.concat(Array.from({ length: 2500 }, () => Buffer.from('3080', 'hex'))),
      Buffer.from('3084ffffffff0609', 'hex'),
      Buffer.from('30847fffffff06092a864886f70d010702', 'hex'),
      Buffer.from('3080060', 'hex'),
      Buffer.concat(Array.from({ length: 2500 }, () => Buffer.from('a080', 'hex'))),
    ];
    for (const bomb of bombs) expect((await put(idle(udid), bomb.toString('base64'))).status).toBe(400);
  });
});

describe('a Mac with a certificate of ours', () => {
  it('is refused with 400 when its property list is a bomb', async () => {
    const { put } = voiceOf(first.mac);
    const doctype = (inside: string, text: string): string =>
      `<?xml version="1.0"?><!DOCTYPE plist [${inside}]><plist version="1.0"><dict><key>UDID</key><string>${text}</string></dict></plist>`;
    const bombs = [
      doctype('<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">', '&b;'),
      doctype('<!ENTITY x SYSTEM "file:///etc/passwd">', '&x;'),
      `<plist><dict>${'<key>a</key><dict>'.repeat(20_000)}`,
      `<plist>${'<array>'.repeat(50_000)}${'</array>'.repeat(50_000)}</plist>`,
      '<plist><dict><key>UDID</key><string>a</string><key>UDID</key><string>b</string></dict></plist>',
      '<plist><dict><key>__proto__</key><dict/></dict></plist>',
      'bplist00',
      '',
    ];
    for (const bomb of bombs) expect((await put(Buffer.from(bomb))).status).toBe(400);
  });

  it('never speaks for another: every message of each of 6 Macs in the name of each other is refused', async () => {
    const before = await holdings();
    const statuses = new Set<number>();
    let tries = 0;
    for (const { mac: attacker } of macs) {
      const voice = voiceOf(attacker);
      for (const { mac: victim } of macs) {
        if (attacker === victim) continue;
        for (const message of messagesInTheNameOf(victim)) {
          statuses.add((await voice.say(message)).status);
          tries += 1;
        }
      }
    }
    expect([...statuses]).toEqual([400]);
    expect(tries).toBe(30 * messagesInTheNameOf(first.mac).length);
    expect(await holdings()).toEqual(before);
  });

  it('has what it repeats, or answers to nobody’s question, taken with 200 and not processed', async () => {
    const other = macs[1] ?? first;
    const before = await holdings();
    const voice = voiceOf(first.mac);
    const rotation = parsePlistDict(lastAnswer('RotateResult'));
    const replayed = await voiceOf(other.mac).put(Buffer.from(lastAnswerOf(other, 'SecurityInfo')));
    expect([replayed.status, replayed.body.includes('RotateFileVaultKey')]).toEqual([200, false]);
    for (const uuid of [unknownUuid, textOf(rotation, 'CommandUUID') ?? '', 'no-uuid']) {
      const foreign = { ...rotation, UDID: voice.udid, CommandUUID: uuid };
      expect((await voice.say(foreign)).status).toBe(200);
    }
    expect(await holdings()).toEqual(before);
  });

  it('3.4-8 9-14 gets no rotation for a replayed Idle, nor for a replayed answer after it', async () => {
    const { mac } = first;
    const { put } = voiceOf(mac);
    const idleBefore = writePlist({ UDID: mac.identity.udid, Status: 'Idle' });
    const oldSurvey = lastAnswerOf(first, 'SecurityInfo');
    // The lid is closed: nobody but the replayer comes.
    mac.setBehaviour(asleep);
    await storePaper(portal, first);
    const key = mac.paper.currentRecoveryKey ?? '';
    const said: Buffer[] = [];
    for (const body of [idleBefore, oldSurvey, idleBefore, idleBefore, oldSurvey])
      said.push((await put(body)).body);
    expect(said.some((body) => body.includes('RotateFileVaultKey') || body.includes(key))).toBe(false);
    expect(said.some((body) => body.includes('SecurityInfo'))).toBe(true);
    first.behave(answers);
    await untilSaved(portal, first);
  });

  it('5.4-6 9-16 cannot make us store its neighbour’s CMS as its own key', async () => {
    const other = macs[1] ?? first;
    const before = await portal.versions(first);
    const cms = parsePlistDict(lastAnswerOf(other, 'SecurityInfo'))['SecurityInfo'];
    await portal.call(first.owner, 'POST', `/api/v1/devices/${first.device}/check-status`, {});
    const voice = voiceOf(first.mac);
    let answer = await voice.say({ UDID: voice.udid, Status: 'Idle' });
    for (let round = 0; answer.body.length > 0 && round < 10; round += 1) {
      const uuid = textOf(parsePlistDict(answer.body), 'CommandUUID') ?? '';
      const info = cms === undefined ? {} : { SecurityInfo: cms };
      answer = await voice.say({ UDID: voice.udid, Status: 'Acknowledged', CommandUUID: uuid, ...info });
      expect(answer.status).toBe(200);
    }
    const after = await portal.versions(first);
    expect(after.map(({ version, state }) => [version, state])).toEqual(
      before.map(({ version, state }) => [version, state]),
    );
    expect(keyOf(await portal.reveal(first.owner, first))).toBe(first.mac.paper.currentRecoveryKey);
  });
});

describe('an enrollment that claims to be somebody else’s Mac', () => {
  it.each(['udid', 'serialNumber'] as const)(
    '3.5-5 by its %s is put aside, and the owner’s keys stay theirs',
    async (claim) => {
      const before = await holdings();
      const { udid, serialNumber } = first.mac.identity;
      const identity = claim === 'udid' ? { udid } : { serialNumber };
      const impostor = await SimulatedMac.open({ identity, retryMilliseconds: 3_600_000 });
      await enrollAt(portal, 'colleague@example.com', impostor);
      expect(await holdings()).toEqual(before);
      const key = keyOf(await portal.reveal(first.owner, first));
      expect(key).toBe(first.mac.paper.currentRecoveryKey);
      const { body } = await portal.call('colleague@example.com', 'GET', '/api/v1/devices?limit=200');
      expect(JSON.stringify(body)).not.toContain(first.device);
      const stolen = await portal.call(
        'colleague@example.com',
        'POST',
        `/api/v1/devices/${first.device}/recovery-key/reveal`,
        {},
      );
      expect(stolen.status).toBe(404);
      await impostor.close();
    },
  );
});

describe('at the end', () => {
  it('a certificate that has expired is refused with 400', async () => {
    const voice = voiceOf(first.mac);
    world.clock.move(30 * 365 * 86_400_000);
    expect((await voice.say({ UDID: voice.udid, Status: 'Idle' })).status).toBe(400);
    world.clock.move(-30 * 365 * 86_400_000);
    expect((await voice.say({ UDID: voice.udid, Status: 'Idle' })).status).toBe(200);
  });

  it('no Mac was ever answered with a 401, nor anything with a 5xx', () => {
    const answered = world.exchanges.flatMap(({ request, response }) =>
      response === null ? [] : [{ asked: request.start, status: Number(response.start.split(' ')[1]) }],
    );
    const ofMacs = answered.filter(({ asked }) => / \/(?:mdm|scep)/u.test(asked));
    expect(ofMacs.length).toBeGreaterThan(300);
    expect(ofMacs.filter(({ status }) => status === 401)).toEqual([]);
    expect(answered.filter(({ status }) => status >= 500)).toEqual([]);
  });
});

function lastAnswerOf({ mac }: WatchedMac, kind: string): Buffer {
  const found = world.exchanges.findLast(
    ({ request }) => request.body.includes(`<key>${kind}</key>`) && request.body.includes(mac.identity.udid),
  );
  if (found === undefined) throw new Error(`this Mac has sent no ${kind}`);
  return found.request.body;
}
