import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { minutes } from '../../kernel/clock.ts';
import { parseId, randomIds } from '../../kernel/id.ts';
import { queueCommand } from '../../modules/commands/queue.ts';
import { renewalIntent } from '../../modules/commands/renew-identity.ts';
import { findDevice } from '../../modules/devices/devices.ts';
import { transaction } from '../../platform/db/database.ts';
import { until } from '../transport-world.fixture.ts';
import { type NanoMdmWorld, startNanoMdmWorld } from './stand-in/nanomdm-world.fixture.ts';

const owner = 'colleague@example.com';
let world: NanoMdmWorld;
beforeAll(async () => {
  world = await startNanoMdmWorld({});
});
afterAll(() => world.close());

test('no recovery key goes to NanoMDM: a store is refused before anything is kept', async () => {
  const { mac, device } = await world.enrolledMac(owner);
  const someone = await world.person(owner);
  const key = mac.paper.currentRecoveryKey ?? '';
  await expect(someone.store(device.id, key)).rejects.toThrow('answered 409');
  const { rows } = await sql<{ candidates: number; attempts: number }>`select
    (select count(*) from key_versions where state = 'candidate') as candidates,
    (select count(*) from attempts) as attempts`.execute(world.server.database);
  expect(rows).toEqual([{ candidates: 0, attempts: 0 }]);
  expect(world.nanoMdm.enqueued).not.toContain('RotateFileVaultKey');
});

test('escrow copies are collected all the same', async () => {
  const { mac, device } = await world.enrolledMac(owner);
  await mac.makeNewRecoveryKey();
  const id = parseId<'device'>(device.id);
  const { database } = world.server;
  const asked = id === null ? null : await findDevice(database, id);
  if (asked === null || asked.enrollmentId === null) throw new Error('the Mac is not there');
  const question = { id: randomIds.next<'command'>(), device: asked.id, enrollment: asked.enrollmentId };
  await transaction(database, (tx) =>
    queueCommand(tx, () => undefined, { ...question, kind: 'SecurityInfo', intent: {} }, world.clock.now()),
  );
  await expect
    .poll(() => world.heldKey(device, 'unproven'), { timeout: 20_000 })
    .toBe(mac.paper.currentRecoveryKey);
  const someone = await world.person(owner);
  await expect(someone.rotate(device.id)).rejects.toThrow('answered 409');
  expect(world.nanoMdm.enqueued).not.toContain('RotateFileVaultKey');
});

test('no challenge goes to NanoMDM: a certificate that ends soon is not renewed', async () => {
  const { mac, device } = await world.enrolledMac(owner);
  const id = parseId<'device'>(device.id);
  const { database } = world.server;
  const asked = id === null ? null : await findDevice(database, id);
  if (asked === null || asked.enrollmentId === null) throw new Error('the Mac is not there');
  const enrollment = asked.enrollmentId;
  const soon = new Date(world.clock.now().getTime() + 24 * 60 * minutes(1));
  await sql`update identities set not_after = ${soon} where enrollment_id = ${enrollment}`.execute(database);
  const renewals = async () => {
    const { rows } = await sql<{ state: string }>`select state from commands
      where enrollment_id = ${enrollment} and intent ->> 'profile' = 'enrollment'`.execute(database);
    return rows.map(({ state }) => state);
  };
  await world.pass(minutes(1));
  expect(await renewals()).toEqual([]);

  // One from a time when it was allowed.
  const left = {
    id: randomIds.next<'command'>(),
    device: asked.id,
    enrollment,
    kind: 'InstallProfile',
  } as const;
  await transaction(database, (tx) =>
    queueCommand(tx, () => undefined, { ...left, intent: renewalIntent }, world.clock.now()),
  );
  await world.pass(minutes(2));
  await until(renewals, (states) => states.join() === 'cancelled');
  const challenges = [...world.nanoMdm.commands.values()].filter((plist) =>
    plist.includes('com.apple.security.scep'),
  );
  expect(challenges).toEqual([]);
  expect(world.nanoMdm.enqueuedFor(mac.identity.udid)).not.toEqual([]);
});
