import { asleep } from '@keyhaven/mac/behaviours/asleep';
import { answers } from '@keyhaven/mac/behaviours/behaviour';
import { parsePlistDict, writePlist } from '@keyhaven/mac/plist';
import { textOf } from '@keyhaven/mac/plist-fields';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { enrollAt, storedMacs, storePaper, untilSaved } from '../faults/bench-fleet.ts';
import { type BenchWorld, startBenchWorld } from '../faults/bench-world.ts';
import { unknownUuid } from '../faults/impostors.ts';
import { speakingTo } from '../faults/mac-voice.ts';
import { keyOf, type Portal } from '../faults/portal.ts';
import type { WatchedMac } from '../faults/watched-mac.ts';
import { askDatabase } from './ask-database.ts';
import { authenticateMessage, type HandMadeMac, handMadeMac, tokenMessage } from './hand-made-mac.ts';

const owner = 'employee@example.com';
let world: BenchWorld;
let portal: Portal;
let stored: WatchedMac;
beforeAll(async () => {
  world = await startBenchWorld();
  const begun = await storedMacs(world, [owner]);
  const [any] = begun.macs;
  if (any === undefined) throw new Error('there is no Mac');
  [stored, portal] = [any, begun.portal];
});
afterAll(() => world.close());

let made = 0;
/** A Mac of this owner that has a certificate and has said nothing. */
async function freshMac(): Promise<HandMadeMac> {
  made += 1;
  return handMadeMac(world, owner, `00000000-0000-4000-8000-${String(made).padStart(12, '0')}`);
}

type Kept = {
  readonly push_token: Buffer | null;
  readonly push_magic: string | null;
  readonly state: string;
};
async function keptOf({ offer }: HandMadeMac): Promise<Kept | undefined> {
  const question = 'select push_token, push_magic, state from enrollments where id = $1';
  return (await askDatabase<Kept>(world, question, [offer.enrollment]))[0];
}

const idle = (udid: string) => ({ UDID: udid, Status: 'Idle' });
const user = { UserID: '11111111-1111-4111-8111-111111111111', UserShortName: 'ada', UserLongName: 'Ada L' };

describe('an enrollment', () => {
  it('3.2-4 is live with the first TokenUpdate: before it nothing is pushed, and no command goes out', async () => {
    const mac = await freshMac();
    const { voice } = mac;
    expect(await voice.say(authenticateMessage(mac))).toEqual({ status: 200, body: Buffer.alloc(0) });
    expect(await voice.say(idle(voice.udid))).toEqual({ status: 400, body: Buffer.alloc(0) });
    expect(await keptOf(mac)).toEqual({ push_token: null, push_magic: null, state: 'authenticated' });
    const token = Buffer.alloc(32, 1);
    expect(await voice.say(tokenMessage(mac, token))).toEqual({ status: 200, body: Buffer.alloc(0) });
    expect(await keptOf(mac)).toEqual({ push_token: token, push_magic: 'magic', state: 'active' });
    const { body } = await voice.say(idle(voice.udid));
    expect(textOf(parsePlistDict(body), 'CommandUUID')).not.toBe(null);
  });

  it('3.2-5 takes another token and magic at any time, of any length', async () => {
    const mac = await freshMac();
    await mac.voice.say(authenticateMessage(mac));
    for (const [index, length] of [32, 100, 1, 32].entries()) {
      const token = Buffer.alloc(length, index + 1);
      expect((await mac.voice.say(tokenMessage(mac, token, `magic ${index}`))).status).toBe(200);
      expect(await keptOf(mac)).toEqual({ push_token: token, push_magic: `magic ${index}`, state: 'active' });
    }
  });

  it('3.2-7 takes a user’s token with 200, and keeps the Mac’s', async () => {
    const mac = await freshMac();
    await mac.voice.say(authenticateMessage(mac));
    await mac.voice.say(tokenMessage(mac, Buffer.alloc(32, 7)));
    const before = await keptOf(mac);
    const theirs = { ...tokenMessage(mac, Buffer.alloc(32, 9), 'theirs'), ...user };
    expect((await mac.voice.say(theirs)).status).toBe(200);
    expect(await keptOf(mac)).toEqual(before);
  });

  it('3.5-2 is for one Mac: another UDID with the same certificate is refused with 400', async () => {
    const mac = await freshMac();
    await mac.voice.say(authenticateMessage(mac));
    const other = { ...authenticateMessage(mac), UDID: '99999999-0000-4000-8000-000000000000' };
    expect((await mac.voice.say(other)).status).toBe(400);
    expect((await mac.voice.say({ ...idle(other.UDID) })).status).toBe(400);
    const question = 'select udid from devices where udid = $1';
    expect(await askDatabase(world, question, [other.UDID])).toEqual([]);
  });

  it('3.5-4 is not found for a certificate of ours that is bound to none, whatever it says', async () => {
    const mac = await freshMac();
    const { enrollment } = mac.offer;
    const unbind = 'update identities set certificate_sha256 = null where enrollment_id = $1';
    await askDatabase(world, unbind, [enrollment]);
    expect((await mac.voice.say(authenticateMessage(mac))).status).toBe(400);
    expect((await mac.voice.say(tokenMessage(mac, Buffer.alloc(32)))).status).toBe(400);
    const bound = `select i.certificate_sha256 as bound, e.udid
      from enrollments e join identities i on i.enrollment_id = e.id where e.id = $1`;
    expect(await askDatabase(world, bound, [enrollment])).toEqual([{ bound: null, udid: null }]);
  });
});

describe('a TokenUpdate', () => {
  it('3.2-6 that was answered 200 is kept, at whatever moment we are killed', async () => {
    const mac = await freshMac();
    await mac.voice.say(authenticateMessage(mac));
    let [killed, answered] = [0, 0];
    for (let messages = 1; messages <= 24; messages += 1) {
      const token = Buffer.alloc(32, messages);
      world.killAfter(messages);
      const status = await mac.voice.say(tokenMessage(mac, token)).then(
        (answer) => answer.status,
        () => 0,
      );
      world.spare();
      if (!world.isAlive()) killed += 1;
      await world.revive();
      if (status === 200) {
        answered += 1;
        expect((await keptOf(mac))?.push_token).toEqual(token);
      }
      expect((await mac.voice.say(tokenMessage(mac, token))).status).toBe(200);
      expect((await keptOf(mac))?.push_token).toEqual(token);
    }
    expect([killed > 3, answered > 0]).toEqual([true, true]);
  });
});

describe('messages that want no deed', () => {
  it.each([
    ['3.2-12 UserAuthenticate is answered 410', { MessageType: 'UserAuthenticate', ...user }, 410],
    [
      '3.2-12 UserAuthenticate with a digest, too',
      { MessageType: 'UserAuthenticate', ...user, DigestResponse: 'x' },
      410,
    ],
    [
      '3.2-13 DeclarativeManagement is refused',
      { MessageType: 'DeclarativeManagement', Endpoint: 'tokens' },
      400,
    ],
    ['3.2-13 GetToken is refused', { MessageType: 'GetToken', TokenServiceType: 'com.apple.maid' }, 400],
    ['3.2-14 a message that nobody knows is refused', { MessageType: 'ReturnToService' }, 400],
    ['3.2-14 one named like a member of every object is refused', { MessageType: 'constructor' }, 400],
    [
      '3.5-3 an Idle of a user, by the Mac’s certificate, is answered with nothing',
      { Status: 'Idle', ...user },
      200,
    ],
  ])('%s', async (_, message, status) => {
    const voice = speakingTo(world.origin)(stored.mac);
    const answer = await voice.say({ ...message, UDID: voice.udid });
    expect(answer).toEqual({ status, body: Buffer.alloc(0) });
  });

  it('3.1-2 an Idle for which there is nothing is answered with no bytes at all', async () => {
    await stored.mac.settled();
    const voice = speakingTo(world.origin)(stored.mac);
    expect(await voice.say(idle(voice.udid))).toEqual({ status: 200, body: Buffer.alloc(0) });
  });

  it('3.1-3 a body of exactly 2 MiB is taken, and one byte more is refused with 413', async () => {
    const voice = speakingTo(world.origin)(stored.mac);
    const body = writePlist(idle(voice.udid));
    const padded = Buffer.concat([body, Buffer.alloc(2 * 1024 * 1024 - body.length, 0x0a)]);
    expect((await voice.put(padded)).status).toBe(200);
    expect((await voice.put(Buffer.concat([padded, Buffer.from('\n')]))).status).toBe(413);
  });
});

describe('an answer that we cannot keep', () => {
  it('3.3-2 4.3-1 is answered 500, and taken when the Mac says it again', async () => {
    stored.mac.setBehaviour(asleep);
    await portal.call(owner, 'POST', `/api/v1/devices/${stored.device}/check-status`, {});
    const voice = speakingTo(world.origin)(stored.mac);
    const asked = parsePlistDict((await voice.say(idle(voice.udid))).body);
    const answer = {
      UDID: voice.udid,
      Status: 'Acknowledged',
      CommandUUID: textOf(asked, 'CommandUUID') ?? '',
      SecurityInfo: { FDE_Enabled: true, FDE_HasPersonalRecoveryKey: true },
    };
    await askDatabase(world, 'alter table device_answers rename to device_answers_away');
    expect((await voice.say(answer)).status).toBe(500);
    await askDatabase(world, 'alter table device_answers_away rename to device_answers');
    const count = 'select count(*)::int as count from device_answers';
    const before = await askDatabase<{ count: number }>(world, count);
    expect((await voice.say(answer)).status).toBe(200);
    expect((await voice.say(answer)).status).toBe(200);
    const after = await askDatabase<{ count: number }>(world, count);
    expect((after[0]?.count ?? 0) - (before[0]?.count ?? 0)).toBe(1);
    stored.behave(answers);
  });
});

describe('the end of an enrollment', () => {
  it('3.2-8 3.4-5 by CheckOut keeps every key, and its certificate gets nothing any more', async () => {
    const { macs } = await storedMacs(world, [owner]);
    const [mac] = macs;
    if (mac === undefined) throw new Error('there is no Mac');
    const voice = speakingTo(world.origin)(mac.mac);
    const versions = await portal.versions(mac);
    await portal.call(owner, 'POST', `/api/v1/devices/${mac.device}/check-status`, {});
    await mac.mac.unenroll();
    expect((await portal.device(mac)).enrollment.state).toBe('ended');
    expect(await portal.versions(mac)).toEqual(versions);
    expect(keyOf(await portal.reveal(owner, mac))).toBe(mac.mac.paper.currentRecoveryKey);
    expect(await voice.say(idle(voice.udid))).toEqual({ status: 400, body: Buffer.alloc(0) });
    const late = { UDID: voice.udid, Status: 'Acknowledged', CommandUUID: unknownUuid };
    expect(await voice.say(late)).toEqual({ status: 200, body: Buffer.alloc(0) });
  });

  it('3.4-5 3.6-1 3.6-2 3.6-3 3.6-6 by another generation cancels what waited, forgets the token, keeps the keys and sends the profile anew', async () => {
    const { macs } = await storedMacs(world, [owner]);
    const [mac] = macs;
    if (mac === undefined) throw new Error('there is no Mac');
    const earlier = speakingTo(world.origin)(mac.mac);
    mac.mac.setBehaviour(asleep);
    await portal.call(owner, 'POST', `/api/v1/devices/${mac.device}/check-status`, {});
    const out = parsePlistDict((await earlier.say(idle(earlier.udid))).body);
    await storePaper(portal, mac);
    const versions = await portal.versions(mac);
    const escrowKeys = 'select count(*)::int as count from escrow_keys where device_id = $1';
    const open = `select c.id from commands c join enrollments e on e.id = c.enrollment_id
      where e.device_id = $1 and e.state = 'ended' and c.state in ('queued', 'delivered', 'not-now')`;
    const [keysBefore] = await askDatabase<{ count: number }>(world, escrowKeys, [mac.device]);
    const from = world.exchanges.length;

    await enrollAt(portal, owner, mac.mac);
    await mac.mac.settled();
    const said = world.exchanges.slice(from).map(({ response }) => response?.body.toString() ?? '');
    expect(said.filter((body) => body.includes(textOf(out, 'CommandUUID') ?? '-'))).toEqual([]);
    expect(said.some((body) => body.includes('<string>InstallProfile</string>'))).toBe(true);
    expect(await askDatabase(world, open, [mac.device])).toEqual([]);
    expect((await earlier.say(idle(earlier.udid))).status).toBe(400);

    const due = `select id from enrollments where device_id = $1 and state = 'ended' and push_due_at is not null`;
    expect(await askDatabase(world, due, [mac.device])).toEqual([]);
    const known = new Map((await portal.versions(mac)).map((each) => [each.version, each.storedAt]));
    for (const { version, storedAt } of versions) expect(known.get(version)).toBe(storedAt);
    const [keysAfter] = await askDatabase<{ count: number }>(world, escrowKeys, [mac.device]);
    expect((keysAfter?.count ?? 0) - (keysBefore?.count ?? 0)).toBe(1);
    mac.behave(answers);
    await storePaper(portal, mac);
    await untilSaved(portal, mac);
  });
});

it('3.4-9 after all of it no body, signature, token or key stands in the log', () => {
  const logged = world.logged();
  expect(logged.length).toBeGreaterThan(1000);
  const requests = world.exchanges
    .map(({ request }) => request)
    .filter(({ start }) => start.startsWith('PUT /mdm'));
  expect(requests.length).toBeGreaterThan(50);
  const signatures = requests.map(
    ({ bytes }) => /\r\nmdm-signature: (.{200})/iu.exec(bytes.toString('latin1'))?.[1] ?? '-none-',
  );
  const bodies = requests.flatMap(({ body }) => body.toString().match(/[A-Za-z0-9+/]{64,}/gu) ?? []);
  const never = [...signatures, ...bodies, ...stored.made, 'PushMagic', 'CommandUUID</key>', '<plist'];
  expect(signatures.filter((each) => each !== '-none-').length).toBeGreaterThan(50);
  expect(never.filter((each) => logged.includes(each))).toEqual([]);
});
