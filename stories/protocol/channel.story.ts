import { asleep } from '@keyhaven/mac/behaviours/asleep';
import { answers } from '@keyhaven/mac/behaviours/behaviour';
import { type PlistDict, parsePlistDict } from '@keyhaven/mac/plist';
import { dictOf, textOf } from '@keyhaven/mac/plist-fields';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { storedMacs } from '../faults/bench-fleet.ts';
import { type BenchWorld, startBenchWorld } from '../faults/bench-world.ts';
import { type MacVoice, speakingTo } from '../faults/mac-voice.ts';
import type { Portal } from '../faults/portal.ts';
import type { WatchedMac } from '../faults/watched-mac.ts';
import { askDatabase } from './ask-database.ts';

const owner = 'employee@example.com';
const minute = 60_000;
let world: BenchWorld;
let portal: Portal;
let mac: WatchedMac;
let voice: MacVoice;

beforeAll(async () => {
  world = await startBenchWorld();
  const begun = await storedMacs(world, [owner]);
  const [any] = begun.macs;
  if (any === undefined) throw new Error('there is no Mac');
  [mac, portal, voice] = [any, begun.portal, speakingTo(world.origin)(any.mac)];
});
afterAll(() => world.close());

/** Nobody but the test speaks for the Mac, and nothing waits for it. */
beforeEach(async () => {
  mac.behave(answers);
  await mac.mac.wake();
  await mac.mac.settled();
  mac.mac.setBehaviour(asleep);
  expect(await idle()).toBe(null);
});

type Asked = { readonly uuid: string; readonly kind: string };

function askedIn(body: Buffer): Asked | null {
  if (body.length === 0) return null;
  const command = parsePlistDict(body);
  const kind = textOf(dictOf(command, 'Command') ?? {}, 'RequestType');
  return { uuid: textOf(command, 'CommandUUID') ?? '', kind: kind ?? '' };
}

async function say(message: PlistDict): Promise<Asked | null> {
  const { status, body } = await voice.say({ UDID: voice.udid, ...message });
  expect(status).toBe(200);
  return askedIn(body);
}
const idle = (): Promise<Asked | null> => say({ Status: 'Idle' });

/** Two commands that wait: DeviceInformation and SecurityInfo. The third, about profiles, is taken back. */
async function askStatus(): Promise<void> {
  await portal.call(owner, 'POST', `/api/v1/devices/${mac.device}/check-status`, {});
  await askDatabase(
    world,
    "update commands set state = 'cancelled' where device_id = $1 and kind = 'ProfileList' and state = 'queued'",
    [mac.device],
  );
}
const answerTo = (asked: Asked | null): PlistDict => ({
  Status: 'Acknowledged',
  CommandUUID: asked?.uuid ?? '',
});

describe('the command channel', () => {
  it('4.1-2 4.1-3 4.3-4 hands out one command at a time, and repeats it until it is answered', async () => {
    await askStatus();
    const first = await idle();
    expect(first).not.toBe(null);
    expect([await idle(), await idle()]).toEqual([first, first]);
    const second = await say(answerTo(first));
    expect(second).not.toBe(null);
    expect(second?.uuid).not.toBe(first?.uuid);
    expect([first?.kind, second?.kind]).toEqual(['DeviceInformation', 'SecurityInfo']);
    // An answer to the question that was not heard may be anybody's by now.
    const third = await idle();
    expect([third?.kind, third?.uuid === second?.uuid]).toEqual(['SecurityInfo', false]);
    expect(await say(answerTo(third))).toBe(null);
    expect(await idle()).toBe(null);
    const heads = world.exchanges
      .filter(
        ({ request, response }) => request.start.startsWith('PUT /mdm') && (response?.body.length ?? 0) > 0,
      )
      .map(({ response }) => response?.bytes.toString('latin1') ?? '');
    expect(heads.length).toBeGreaterThan(5);
    for (const head of heads) expect(head).toMatch(/\r\ncontent-type: application\/xml; charset=utf-8\r\n/iu);
  });

  it('4.1-8 has one command out, however many Idles come in at the same moment', async () => {
    for (let round = 0; round < 5; round += 1) {
      await askStatus();
      await Promise.all(Array.from({ length: 8 }, idle));
      const out = await askDatabase<{ count: string }>(
        world,
        "select count(*) from commands where device_id = $1 and state = 'delivered'",
        [mac.device],
      );
      expect(Number(out[0]?.count)).toBe(1);
      for (let next = await idle(); next !== null; ) next = await say(answerTo(next));
    }
  });

  it('4.1-4 takes an answer by its CommandUUID, whatever request type it names, in either case', async () => {
    await askStatus();
    const asked: Asked[] = [];
    for (let next = await idle(); next !== null; ) {
      asked.push(next);
      const named = { ...answerTo(next), CommandUUID: next.uuid.toLowerCase(), RequestType: 'EraseDevice' };
      const info = next.kind === 'SecurityInfo' ? { SecurityInfo: { FDE_Enabled: false } } : {};
      next = await say({ ...named, ...info });
    }
    expect(asked.map(({ kind }) => kind).toSorted()).toEqual(['DeviceInformation', 'SecurityInfo']);
    expect((await portal.device(mac)).encryption.enabled).toBe(false);
  });

  it('4.1-6 does not repeat a command that the Mac found malformed', async () => {
    await askStatus();
    const malformed = new Set<string>();
    for (let next = await idle(); next !== null; ) {
      malformed.add(next.uuid);
      next = await say({ Status: 'CommandFormatError', CommandUUID: next.uuid });
    }
    expect(malformed.size).toBe(2);
    expect(await idle()).toBe(null);
  });

  it('4.3-1 counts an answer that comes twice once, and hands out nothing that it has not before', async () => {
    await askStatus();
    const first = await idle();
    const second = await say(answerTo(first));
    const count = 'select count(*)::int as count from device_answers';
    const before = await askDatabase(world, count);
    for (let times = 0; times < 3; times += 1) await say(answerTo(first));
    expect(await askDatabase(world, count)).toEqual(before);
    const third = await idle();
    expect(third?.kind).toBe(second?.kind);
    await say(answerTo(third));
  });
});

describe('NotNow', () => {
  const putOff = (asked: Asked | null): Promise<Asked | null> =>
    say({ Status: 'NotNow', CommandUUID: asked?.uuid ?? '' });

  it('4.2-1 4.2-2 ends the session, and its command is offered again with the same CommandUUID at the next Idle', async () => {
    await askStatus();
    const first = await idle();
    expect(await putOff(first)).toBe(null);
    expect(await idle()).toEqual(first);
    expect(await putOff(first)).toBe(null);
    expect(await idle()).toEqual(first);
    await say(answerTo(await say(answerTo(first))));
  });

  it('4.3-3 never takes an answer back, and an answer takes its place', async () => {
    await askStatus();
    const first = await idle();
    await putOff(first);
    // Remembered after all, and answered without being asked anew.
    const second = await say(answerTo(first));
    expect(second?.kind).toBe('SecurityInfo');
    expect(await putOff(first)).toBe(null);
    expect(await say(answerTo(await idle()))).toBe(null);
    expect(await idle()).toBe(null);
    const open = `select id from commands where state in ('queued', 'delivered', 'not-now')`;
    expect(await askDatabase(world, open)).toEqual([]);
  });

  it('4.2-3 is followed by a push after a quarter of an hour, an hour, and four', async () => {
    await askStatus();
    const due = async (): Promise<number | null> => {
      const question =
        'select push_due_at as due from enrollments where device_id = $1 and push_due_at is not null';
      const [row] = await askDatabase<{ due: Date }>(world, question, [mac.device]);
      return row === undefined
        ? null
        : Math.round((row.due.getTime() - world.clock.now().getTime()) / minute);
    };
    const waits: (number | null)[] = [];
    for (let times = 0; times < 4; times += 1) {
      await putOff(await idle());
      waits.push(await due());
    }
    expect(waits).toEqual([15, 60, 240, 240]);
    for (let next = await idle(); next !== null; ) next = await say(answerTo(next));
    expect(await due()).toBe(null);
  });
});
