import { randomBytes } from 'node:crypto';
import { asleep } from '@keyhaven/mac/behaviours/asleep';
import { answers } from '@keyhaven/mac/behaviours/behaviour';
import { makeRecoveryKey } from '@keyhaven/mac/recovery-key';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { minutes } from '../../kernel/clock.ts';
import { until, type WorldMac } from '../transport-world.fixture.ts';
import { nanoMdmHealth } from './nanomdm-health.ts';
import { type NanoMdmWorld, startNanoMdmWorld } from './stand-in/nanomdm-world.fixture.ts';
import type { Mishap, StandInEvent } from './stand-in/webhook-mishaps.fixture.ts';

const owner = 'colleague@example.com';
let world: NanoMdmWorld;
beforeAll(async () => {
  world = await startNanoMdmWorld();
});
afterAll(() => world.close());

const store = async ({ mac, device }: WorldMac) =>
  (await world.person(owner)).store(device.id, mac.paper.currentRecoveryKey ?? '');

/** The answer to a command of this kind, as NanoMDM tells it. */
const isAnswerTo =
  (kind: string): Mishap['fits'] =>
  ({ acknowledge_event: said }) => {
    const plist = world.nanoMdm.commands.get(said?.command_uuid ?? '');
    return plist?.includes(`<string>${kind}</string>`) ?? false;
  };
const isCheckIn =
  (type: string): Mishap['fits'] =>
  ({ topic }: StandInEvent) =>
    topic === `mdm.${type}`;

async function expectSaved(enrolled: WorldMac): Promise<void> {
  expect(await store(enrolled)).toMatchObject({ state: 'saved' });
  expect(await world.heldKey(enrolled.device)).toBe(enrolled.mac.paper.currentRecoveryKey);
}

/** Lets time pass, and everybody finish what that set off. */
async function pass(milliseconds: number): Promise<void> {
  await world.pass(milliseconds);
  await Promise.all(world.fleet.macs.map((mac) => mac.settled()));
  await world.nanoMdm.webhook.settled();
}

/** A Mac that enrolls while the webhook fails, and that the server knows after this much time. */
async function enrolledLate(passes: readonly number[]): Promise<WorldMac> {
  const mac = await world.fleet.addMac({});
  const someone = await world.person(owner);
  const known = new Set((await someone.myMacs()).map(({ id }) => id));
  await mac.enroll(await someone.enrollmentProfile());
  await until(() => (world.nanoMdm.webhook.mishaps.length === 0 ? true : null));
  for (const milliseconds of [1000, ...passes]) await pass(milliseconds);
  const device = await until(
    async () => (await (await world.person(owner)).myMacs()).find(({ id }) => !known.has(id)) ?? null,
    ({ fileVaultProfile }) => fileVaultProfile === 'acknowledged',
  );
  return { mac, device };
}

describe('the webhook', () => {
  test('doubles every event, and nothing happens twice', async () => {
    const double = { fits: () => true, does: 'double' } as const;
    world.nanoMdm.webhook.mishaps.push(...Array.from({ length: 40 }, () => double));
    const enrolled = await world.enrolledMac(owner);
    await expectSaved(enrolled);
    world.nanoMdm.webhook.mishaps.splice(0);
    const { rows } = await sql<{ count: number }>`select count(*) as count from key_versions
      where device_id = ${enrolled.device.id} and source = 'rotation'`.execute(world.server.database);
    expect(rows).toEqual([{ count: 1 }]);
  });

  test('brings TokenUpdate before Authenticate', async () => {
    world.nanoMdm.webhook.mishaps.push({ fits: isCheckIn('Authenticate'), does: 'hold' });
    await expectSaved(await enrolledLate([10_000]));
  });

  test('loses Authenticate: the Mac is enrolled without what only that told', async () => {
    world.nanoMdm.webhook.mishaps.push({ fits: isCheckIn('Authenticate'), does: 'drop' });
    const enrolled = await enrolledLate([minutes(3), 10_000]);
    expect(enrolled.device.serialNumber).toBeNull();
    await expectSaved(enrolled);
  });

  test('loses TokenUpdate: the next word of the Mac stands for it', async () => {
    world.nanoMdm.webhook.mishaps.push({ fits: isCheckIn('TokenUpdate'), does: 'drop' });
    await expectSaved(await enrolledLate([minutes(11), minutes(3), 10_000]));
  });

  test.each([['DeviceInformation'], ['InstallProfile']])(
    'loses the answer to %s: it is asked again',
    async (kind) => {
      world.nanoMdm.webhook.mishaps.push({ fits: isAnswerTo(kind), does: 'drop' });
      const passes = [minutes(16), minutes(16), minutes(3), minutes(3)];
      await expectSaved(await enrolledLate(passes));
    },
  );

  test('loses the answer to a survey: the attempt goes on', async () => {
    const enrolled = await world.enrolledMac(owner);
    world.nanoMdm.webhook.mishaps.push({ fits: isAnswerTo('SecurityInfo'), does: 'drop' });
    const stored = store(enrolled);
    await until(() => (world.nanoMdm.webhook.mishaps.length === 0 ? true : null));
    for (const passed of [31, 3, 3]) await pass(minutes(passed));
    expect(await stored).toMatchObject({ state: 'saved' });
  });

  test('loses the answer to a rotation: the escrow copy has the key', async () => {
    const enrolled = await world.enrolledMac(owner);
    const typed = enrolled.mac.paper.currentRecoveryKey;
    world.nanoMdm.webhook.mishaps.push({ fits: isAnswerTo('RotateFileVaultKey'), does: 'drop' });
    const stored = store(enrolled);
    await until(() => (world.nanoMdm.webhook.mishaps.length === 0 ? true : null));
    for (const passed of [16, 2]) await pass(minutes(passed));
    expect(await stored).toMatchObject({ state: 'saved' });
    expect(enrolled.mac.paper.currentRecoveryKey).not.toBe(typed);
    expect(await world.heldKey(enrolled.device)).toBe(enrolled.mac.paper.currentRecoveryKey);
  });
});

test('a rotation that would have to go out twice asks for a new store, which saves', async () => {
  const enrolled = await world.enrolledMac(owner);
  const { mac, device } = enrolled;
  const right = mac.paper.currentRecoveryKey ?? '';
  const before = world.nanoMdm.enqueued.length;
  world.nanoMdm.webhook.mishaps.push({ fits: isAnswerTo('RotateFileVaultKey'), does: 'drop' });
  const wrong = (await world.person(owner)).store(device.id, makeRecoveryKey(randomBytes));
  await until(() => (world.nanoMdm.webhook.mishaps.length === 0 ? true : null));
  for (const passed of [16, 2]) await pass(minutes(passed));
  const someone = await world.person(owner);
  await until(
    () => someone.device(device.id),
    ({ attempt }) => attempt?.advice === 'make-new-key-at-mac',
  );
  const since = world.nanoMdm.enqueued.slice(before);
  expect(since.filter((kind) => kind === 'RotateFileVaultKey')).toHaveLength(1);
  expect(await someone.store(device.id, right)).toMatchObject({ state: 'saved' });
  expect(await wrong).toMatchObject({ state: 'failed', reason: 'superseded' });
  expect(await world.heldKey(device)).toBe(mac.paper.currentRecoveryKey);
});

test('a command that a dying process had taken from the queue goes out all the same', async () => {
  const enrolled = await world.enrolledMac(owner);
  enrolled.mac.setBehaviour(asleep);
  world.nanoMdm.cuts = ['before', 'before'];
  const stored = store(enrolled);
  await until(() => (world.nanoMdm.cuts.length === 0 ? true : null));
  const { database } = world.server;
  // As a crash leaves it: taken, and nobody knows whether NanoMDM has it.
  await until(async () => {
    const { numAffectedRows } =
      await sql`update commands set state = 'delivered', delivered_at = ${world.clock.now()}
      where device_id = ${enrolled.device.id} and state = 'queued'`.execute(database);
    return numAffectedRows === 1n ? true : null;
  });
  enrolled.mac.setBehaviour(answers);
  for (const passed of [3, 2]) await pass(minutes(passed));
  expect(await stored).toMatchObject({ state: 'saved' });
});

test('the doctor hears when either side last heard of the other, and what waits', async () => {
  await world.enrolledMac(owner);
  await pass(minutes(1));
  const now = world.clock.now();
  const health = await nanoMdmHealth(world.server.database);
  expect(health).toMatchObject({ waitingEvents: 0, oldestWaitingAt: null, commandsNotTaken: 0 });
  for (const at of [health.webhookHeardAt, health.apiAnsweredAt]) {
    expect(now.getTime() - (at?.getTime() ?? 0)).toBeLessThan(minutes(2));
  }
});

test('no recovery key is in the log or among what NanoMDM brought', async () => {
  const enrolled = await world.enrolledMac(owner);
  const keys = [enrolled.mac.paper.currentRecoveryKey ?? ''];
  expect(await store(enrolled)).toMatchObject({ state: 'saved' });
  keys.push(enrolled.mac.paper.currentRecoveryKey ?? '');
  const { rows } = await sql<{ text: string }>`
    select coalesce(string_agg(e::text, ' '), '') as text from nanomdm_events e`.execute(
    world.server.database,
  );
  // Where they do stand in clear: why rotation has to be allowed.
  const atNanoMdm = [...world.nanoMdm.commands.values()].map(String).join('');
  expect(atNanoMdm).toContain(keys[0]);
  for (const key of keys) {
    expect(key).toHaveLength(29);
    for (const form of [key, Buffer.from(key).toString('hex'), Buffer.from(key).toString('base64')]) {
      expect(world.logged()).not.toContain(form);
      expect(rows[0]?.text).not.toContain(form);
    }
  }
});

describe('NanoMDM', () => {
  test.each([['after'], ['before']] as const)(
    'breaks off %s taking a command: it is handed over again, and carried out once',
    async (when) => {
      const enrolled = await world.enrolledMac(owner);
      const before = world.nanoMdm.enqueued.length;
      world.nanoMdm.cuts = [when];
      await expectSaved(enrolled);
      const since = world.nanoMdm.enqueued.slice(before);
      expect(since.filter((kind) => kind === 'RotateFileVaultKey')).toHaveLength(1);
    },
  );

  test('is away for a while: what was asked is done when it is back', async () => {
    const enrolled = await world.enrolledMac(owner);
    world.nanoMdm.cuts = ['before', 'before'];
    const stored = store(enrolled);
    await until(() => (world.nanoMdm.cuts.length === 0 ? true : null));
    await pass(minutes(2));
    expect(await stored).toMatchObject({ state: 'saved' });
  });

  test('breaks off both tries of a rotation: the survey that follows brings it out again', async () => {
    const enrolled = await world.enrolledMac(owner);
    const stored = cutAtRotation(enrolled);
    await until(() => (world.nanoMdm.cuts.length === 0 ? true : null));
    for (const passed of [2, 2]) await pass(minutes(passed));
    expect(await stored).toMatchObject({ state: 'saved' });
    expect(await world.heldKey(enrolled.device)).toBe(enrolled.mac.paper.currentRecoveryKey);
  });

  test('cannot push: the command is not handed over twice, and goes when it can', async () => {
    const enrolled = await world.enrolledMac(owner);
    world.nanoMdm.pushFails = true;
    const stored = store(enrolled);
    await until(() => (world.nanoMdm.queueOf(enrolled.mac.identity.udid).length > 0 ? true : null));
    await pass(minutes(2));
    expect(world.nanoMdm.queueOf(enrolled.mac.identity.udid)).toHaveLength(1);
    world.nanoMdm.pushFails = false;
    await pass(minutes(2));
    expect(await stored).toMatchObject({ state: 'saved' });
  });

  test('says Idle for a Mac that has not got its rotation yet: nobody takes that for lost', async () => {
    const enrolled = await world.enrolledMac(owner);
    const { webhook } = world.nanoMdm;
    webhook.mishaps.push({ fits: isAnswerTo('SecurityInfo'), does: 'drop' });
    const stored = store(enrolled);
    await until(() => (webhook.mishaps.length === 0 ? true : null));
    enrolled.mac.setBehaviour(asleep);
    await enrolled.mac.settled();
    // Only now the answer comes through: the rotation is enqueued for a Mac that hears no push.
    for (const late of webhook.dropped.slice(-1)) await webhook.post(late);
    await until(() => (world.nanoMdm.enqueued.at(-1) === 'RotateFileVaultKey' ? true : null));
    const { udid } = enrolled.mac.identity;
    const idle = webhook.sent.findLast(
      ({ acknowledge_event: said }) => said?.status === 'Idle' && said.udid === udid,
    );
    if (idle === undefined) throw new Error('the Mac never said Idle');
    await webhook.post({ ...idle, event_id: 'another trace' });
    await pass(1000);
    const device = await (await world.person(owner)).device(enrolled.device.id);
    expect(device.attempt).toMatchObject({ state: 'rotating' });
    enrolled.mac.setBehaviour(answers);
    await enrolled.mac.wake();
    expect(await stored).toMatchObject({ state: 'saved' });
  });
});

/** Stores, and breaks both calls that hand over the rotation. */
async function cutAtRotation(enrolled: WorldMac) {
  const fits = isAnswerTo('SecurityInfo');
  world.nanoMdm.webhook.mishaps.push({
    fits: (event) => {
      if (!fits(event)) return false;
      world.nanoMdm.cuts = ['before', 'before'];
      return true;
    },
    does: 'double',
  });
  return store(enrolled);
}
