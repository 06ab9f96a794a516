import { afterAll, beforeAll, expect, test } from 'vitest';
import { type BenchWorld, startBenchWorld } from '../faults/bench-world.ts';
import { type Desk, erin, it, openDesk } from './desk.ts';

let world: BenchWorld;
let desk: Desk;
beforeAll(async () => {
  world = await startBenchWorld();
  desk = openDesk(world);
});
afterAll(() => world.close());

test('a Mac with another logic board is a Mac of its own, and the keys of before stay under the one before', async () => {
  const { mac, id: old } = await desk.stored(erin);
  const earlier = mac.paper.currentRecoveryKey;
  const { serialNumber } = mac.identity;
  await mac.swapLogicBoard('kept');
  await mac.turnFileVaultOn();
  await desk.enroll(erin, mac);
  const both = (await desk.macsOf(erin)).filter((device) => device.serialNumber === serialNumber);
  const repaired = both.find((device) => device.id !== old);
  expect(both).toHaveLength(2);
  if (repaired === undefined) throw new Error('there is no second Mac');
  expect(repaired).toMatchObject({ enrollment: { state: 'active' }, recoveryKey: { state: 'none' } });
  for (const who of [erin, it]) {
    for (const id of [old, repaired.id]) {
      expect((await desk.see(who, id)).concerns).toEqual(['serial-number-shared']);
    }
  }
  const known = { mac, owner: erin, id: repaired.id };
  await desk.store(known);
  expect((await desk.settle(known)).attempt?.state).toBe('saved');
  expect((await desk.keys(erin, old)).map(({ key }) => key)).toEqual(expect.arrayContaining([earlier]));
  const own = await desk.keys(erin, repaired.id);
  expect(own[0]).toMatchObject({ state: 'current', key: mac.paper.currentRecoveryKey });
  expect(own.map(({ key }) => key)).not.toContain(earlier);

  // The one before is taken off the list: what was odd is over, and its keys are still there.
  expect((await desk.call(erin, 'DELETE', `/api/v1/devices/${old}`)).status).toBe(202);
  expect((await desk.see(erin, repaired.id)).concerns).toEqual([]);
  expect((await desk.keys(erin, old)).map(({ key }) => key)).toContain(earlier);
});

test('a Mac with another logic board and another serial number has nothing odd about it', async () => {
  const { mac, id: old } = await desk.stored(erin);
  const earlier = mac.paper.currentRecoveryKey;
  await mac.swapLogicBoard('new');
  await desk.enroll(erin, mac);
  const repaired = (await desk.macsOf(erin)).find(
    (device) => device.serialNumber === mac.identity.serialNumber,
  );
  expect(repaired).toMatchObject({ enrollment: { state: 'active' }, concerns: [] });
  expect((await desk.keys(erin, old))[0]).toMatchObject({ state: 'current', key: earlier });
});
