import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseId, randomIds } from '../../kernel/id.ts';
import { queueCommand } from '../../modules/commands/queue.ts';
import { findDevice } from '../../modules/devices/devices.ts';
import { transaction } from '../../platform/db/database.ts';
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
