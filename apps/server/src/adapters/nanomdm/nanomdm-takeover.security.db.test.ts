import { randomUUID } from 'node:crypto';
import { asleep } from '@keyhaven/mac/behaviours/asleep';
import { answers } from '@keyhaven/mac/behaviours/behaviour';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { minutes } from '../../kernel/clock.ts';
import { until, type WorldMac } from '../transport-world.fixture.ts';
import { type NanoMdmWorld, startNanoMdmWorld } from './stand-in/nanomdm-world.fixture.ts';
import type { StandInEvent } from './stand-in/webhook-mishaps.fixture.ts';

const owner = 'colleague@example.com';
let world: NanoMdmWorld;
beforeAll(async () => {
  world = await startNanoMdmWorld();
});
afterAll(() => world.close());

const store = async ({ mac, device }: WorldMac) =>
  (await world.person(owner)).store(device.id, mac.paper.currentRecoveryKey ?? '');

const countConfirmed = async ({ device }: WorldMac): Promise<number> =>
  count(sql`select count(*) as count from key_versions v join devices d on d.id = v.device_id
    where d.id = ${device.id} and v.confirmed_enrollment_id = d.enrollment_id`);
const countCopies = async ({ device }: WorldMac): Promise<number> =>
  count(sql`select count(*) as count from escrow_copies c join devices d on d.enrollment_id = c.enrollment_id
    where d.id = ${device.id}`);
const countNotices = async ({ device }: WorldMac): Promise<number> =>
  count(sql`select count(*) as count from notices where device_id = ${device.id} and kind = 're-enrolled'`);

async function count(question: ReturnType<typeof sql>): Promise<number> {
  const { rows } = await question.execute(world.server.database);
  // Safe because each of them counts.
  return (rows as readonly { readonly count: number }[])[0]?.count ?? -1;
}

const rotationsFor = ({ mac }: WorldMac): number =>
  world.nanoMdm.enqueuedFor(mac.identity.udid).filter((kind) => kind === 'RotateFileVaultKey').length;

/** Another machine says Authenticate and TokenUpdate under this Mac's UDID, at this Mac's own address. */
async function takeOver({ mac }: WorldMac): Promise<void> {
  const { url } = lastAuthenticate(mac.identity.udid);
  const thief = await world.fleet.addMac({ identity: { udid: mac.identity.udid } });
  const stranger = await world.person('employee@example.com');
  const signed = (await stranger.enrollmentProfile()).toString('latin1');
  // Made anew from the stranger's own, unsigned: a thief writes their own profile.
  const profile = /<\?xml[^]*<\/plist>/.exec(signed)?.[0] ?? '';
  const theirs = `${world.nanoMdm.url}/mdm?${url}`.replaceAll('&', '&amp;');
  const changed = profile.replace(
    /(<key>ServerURL<\/key>\s*<string>)[^<]*/,
    (_all, before) => `${before}${theirs}`,
  );
  expect(changed).toContain(theirs);
  await thief.enroll(Buffer.from(changed, 'latin1'));
}

function lastAuthenticate(udid: string): { readonly event: StandInEvent; readonly url: string } {
  const event = world.nanoMdm.webhook.sent.findLast(
    ({ topic, checkin_event: said }) => topic === 'mdm.Authenticate' && said?.udid === udid,
  );
  if (event?.checkin_event === undefined) throw new Error('no Authenticate was sent');
  return { event, url: new URLSearchParams(event.checkin_event.url_params).toString() };
}

test('somebody with a Mac’s address and a certificate of their own does not get its key', async () => {
  const victim = await world.enrolledMac(owner);
  expect(await store(victim)).toMatchObject({ state: 'saved' });
  const key = victim.mac.paper.currentRecoveryKey ?? '';
  await until(
    () => countCopies(victim),
    (copies) => copies === 1,
  );
  victim.mac.setBehaviour(asleep);
  const rotations = rotationsFor(victim);
  await takeOver(victim);
  await until(
    () => countNotices(victim),
    (notices) => notices === 1,
  );
  expect([await countConfirmed(victim), await countCopies(victim)]).toEqual([0, 0]);
  const rotated = (await world.person(owner)).rotate(victim.device.id);
  for (let times = 0; times < 3; times += 1) await world.pass(minutes(2));
  expect(await rotated).toMatchObject({ state: 'failed', reason: 're-enrolled' });
  expect(rotationsFor(victim)).toBe(rotations);
  expect([...world.nanoMdm.commands.values()].some((plist) => plist.includes(key))).toBe(false);
  expect(await world.heldKey(victim.device)).toBe(key);
  await victim.mac.close();
});

test('a store that waits is over when its Mac’s place is taken, and what was typed goes nowhere', async () => {
  const victim = await world.enrolledMac(owner);
  victim.mac.setBehaviour(asleep);
  const stored = store(victim);
  const someone = await world.person(owner);
  await until(
    () => someone.device(victim.device.id),
    ({ attempt }) => attempt !== null,
  );
  await takeOver(victim);
  expect(await stored).toMatchObject({ state: 'failed', reason: 're-enrolled' });
  for (let times = 0; times < 3; times += 1) await world.pass(minutes(2));
  expect(rotationsFor(victim)).toBe(0);
  await victim.mac.close();
});

test('a Mac that says Authenticate again shows its key by its escrow copy, and rotates as before', async () => {
  const enrolled = await world.enrolledMac(owner);
  expect(await store(enrolled)).toMatchObject({ state: 'saved' });
  await until(
    () => countCopies(enrolled),
    (copies) => copies === 1,
  );
  const { event } = lastAuthenticate(enrolled.mac.identity.udid);
  await world.nanoMdm.webhook.post({ ...event, event_id: randomUUID() });
  await until(
    () => countNotices(enrolled),
    (notices) => notices === 1,
  );
  await until(
    () => countConfirmed(enrolled),
    (confirmed) => confirmed === 1,
  );
  expect(await (await world.person(owner)).rotate(enrolled.device.id)).toMatchObject({ state: 'saved' });
  expect(await world.heldKey(enrolled.device)).toBe(enrolled.mac.paper.currentRecoveryKey);
});

test('an answer to a question from before confirms nothing for whoever came after', async () => {
  const enrolled = await world.enrolledMac(owner);
  expect(await store(enrolled)).toMatchObject({ state: 'saved' });
  await until(
    () => countCopies(enrolled),
    (copies) => copies === 1,
  );
  const isCopy = ({ acknowledge_event: said }: StandInEvent): boolean =>
    world.nanoMdm.commands.get(said?.command_uuid ?? '')?.includes('<string>SecurityInfo</string>') ?? false;
  world.nanoMdm.webhook.mishaps.push({ fits: isCopy, does: 'drop' });
  let held: StandInEvent | null = null;
  world.nanoMdm.webhook.mishaps.unshift({
    fits: (told) => {
      if (isCopy(told)) held = told;
      return false;
    },
    does: 'drop',
  });
  const rotated = (await world.person(owner)).rotate(enrolled.device.id);
  await until(() => (world.nanoMdm.webhook.mishaps.length === 1 ? true : null));
  world.nanoMdm.webhook.mishaps.splice(0);
  enrolled.mac.setBehaviour(asleep);
  const { event } = lastAuthenticate(enrolled.mac.identity.udid);
  await world.nanoMdm.webhook.post({ ...event, event_id: randomUUID() });
  await until(
    () => countNotices(enrolled),
    (notices) => notices === 1,
  );
  if (held === null) throw new Error('no answer was held');
  await world.nanoMdm.webhook.post(held);
  await world.pass(1000);
  expect(await countConfirmed(enrolled)).toBe(0);
  expect(await rotated).toMatchObject({ state: 'failed', reason: 're-enrolled' });
  enrolled.mac.setBehaviour(answers);
});

test('each Authenticate without a trace is one of its own, though its bytes were there before', async () => {
  const enrolled = await world.enrolledMac(owner);
  const { event_id: _trace, ...untraced } = lastAuthenticate(enrolled.mac.identity.udid).event;
  const send = () => world.nanoMdm.webhook.post({ ...untraced, event_id: '' });
  await send();
  await until(
    () => countNotices(enrolled),
    (notices) => notices === 1,
  );
  await send();
  await until(
    () => countNotices(enrolled),
    (notices) => notices === 2,
  );
});
