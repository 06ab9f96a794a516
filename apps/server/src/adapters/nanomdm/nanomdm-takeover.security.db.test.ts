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

/** The next answer to a SecurityInfo does not come through. */
const dropNextCopy = (): void =>
  void world.nanoMdm.webhook.mishaps.push({
    fits: ({ acknowledge_event: said }) =>
      world.nanoMdm.commands.get(said?.command_uuid ?? '')?.includes('<string>SecurityInfo</string>') ??
      false,
    does: 'drop',
  });

/** That answer, once it is lost and its Mac sleeps. */
async function droppedCopy({ mac }: WorldMac): Promise<StandInEvent> {
  const { webhook } = world.nanoMdm;
  await until(() => (webhook.mishaps.length === 0 ? true : null));
  mac.setBehaviour(asleep);
  await mac.settled();
  const lost = webhook.dropped.at(-1);
  if (lost === undefined) throw new Error('no answer was lost');
  return lost;
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

test('a rotation that is out when the place is taken turns uncertain, and never goes out again', async () => {
  const victim = await world.enrolledMac(owner);
  const key = victim.mac.paper.currentRecoveryKey;
  dropNextCopy();
  const stored = store(victim);
  const copy = await droppedCopy(victim);
  // The rotation is enqueued for a Mac that hears no push.
  await world.nanoMdm.webhook.post(copy);
  await until(() => (rotationsFor(victim) === 1 ? true : null));
  await takeOver(victim);
  for (let times = 0; times < 3; times += 1) await world.pass(minutes(2));
  expect(await stored).toMatchObject({ state: 'failed', reason: 're-enrolled' });
  expect(rotationsFor(victim)).toBe(1);
  const { rows } = await sql<{ state: string }>`select state from key_versions
    where device_id = ${victim.device.id} and source = 'typed'`.execute(world.server.database);
  // Kept: the Mac may have used it.
  expect(rows).toEqual([{ state: 'candidate' }]);
  expect(victim.mac.paper.currentRecoveryKey).toBe(key);
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

test('an Authenticate in the middle of a renewal confirms no key either, and alarms nobody', async () => {
  const enrolled = await world.enrolledMac(owner);
  expect(await store(enrolled)).toMatchObject({ state: 'saved' });
  await until(
    () => countCopies(enrolled),
    (copies) => copies === 1,
  );
  enrolled.mac.setBehaviour(asleep);
  await sql`update identities i set purpose = 'renewal', first_used_at = null from devices d
    where d.id = ${enrolled.device.id} and i.enrollment_id = d.enrollment_id`.execute(world.server.database);
  const { event } = lastAuthenticate(enrolled.mac.identity.udid);
  await world.nanoMdm.webhook.post({ ...event, event_id: randomUUID() });
  await until(
    () => countConfirmed(enrolled),
    (confirmed) => confirmed === 0,
  );
  enrolled.mac.setBehaviour(answers);
  await enrolled.mac.wake();
  await until(
    () => countConfirmed(enrolled),
    (confirmed) => confirmed === 1,
  );
  expect(await countNotices(enrolled)).toBe(0);
});

test('an answer to a question from before confirms nothing for whoever came after', async () => {
  const enrolled = await world.enrolledMac(owner);
  expect(await store(enrolled)).toMatchObject({ state: 'saved' });
  await until(
    () => countCopies(enrolled),
    (copies) => copies === 1,
  );
  dropNextCopy();
  const rotated = (await world.person(owner)).rotate(enrolled.device.id);
  const copy = await droppedCopy(enrolled);
  const { event } = lastAuthenticate(enrolled.mac.identity.udid);
  await world.nanoMdm.webhook.post({ ...event, event_id: randomUUID() });
  await until(
    () => countNotices(enrolled),
    (notices) => notices === 1,
  );
  await world.nanoMdm.webhook.post(copy);
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
