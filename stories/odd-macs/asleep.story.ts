import { asleep } from '@keyhaven/mac/behaviours/asleep';
import { answers } from '@keyhaven/mac/behaviours/behaviour';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type BenchWorld, startBenchWorld } from '../faults/bench-world.ts';
import { type Desk, day, erin, hour, it, minute, openDesk, poll } from './desk.ts';

let world: BenchWorld;
let desk: Desk;
beforeAll(async () => {
  world = await startBenchWorld();
  desk = openDesk(world);
});
afterAll(() => world.close());

test('a Mac asleep for weeks: pushed hourly, its store fails after a day, and all is settled when it wakes', async () => {
  const known = await desk.stored(erin);
  const { mac, id } = known;
  const stored = mac.paper.currentRecoveryKey;
  await mac.makeNewRecoveryKey();
  mac.setBehaviour(asleep);
  await desk.store(known);
  for (const wait of [2, 5, 15, 61]) await desk.pass(wait * minute);
  const pushes = mac.pushCount;
  for (let hours = 0; hours < 6; hours += 1) await desk.pass(1.06 * hour);
  expect(mac.pushCount).toBe(pushes + 6);
  expect((await desk.see(erin, id)).attempt).toMatchObject({ state: 'waiting-for-device', reason: null });

  await desk.pass(day);
  const unreached = await desk.see(erin, id);
  expect(unreached.attempt).toMatchObject({ state: 'failed', reason: 'device-unreachable' });
  expect(unreached.attempt?.lastContactAt).toBe(unreached.lastContactAt);
  expect(unreached.actions).toContain('check-status');
  expect([unreached.enrollment.state, unreached.concerns]).toEqual(['active', []]);
  expect((await desk.see(it, id)).attempt?.reason).toBe('device-unreachable');
  expect((await desk.keys(erin, id)).find(({ state }) => state === 'current')?.key).toBe(stored);

  await desk.pass(14 * day);
  for (const who of [erin, it]) {
    expect(await desk.see(who, id)).toMatchObject({ enrollment: { state: 'active' }, concerns: ['silent'] });
  }
  const late = mac.pushCount;
  await desk.pass(1.06 * hour);
  expect(mac.pushCount).toBe(late + 1);

  mac.setBehaviour(answers);
  await poll(mac);
  await poll(mac);
  const awake = await desk.see(erin, id);
  expect([awake.concerns, awake.enrollment.state]).toEqual([[], 'active']);
  // The key made at the Mac has come by its escrow copy; the one before is still there.
  expect(awake.recoveryKey.state).toBe('unproven');
  const held = (await desk.keys(erin, id)).map(({ key }) => key);
  expect(held).toEqual(expect.arrayContaining([mac.paper.currentRecoveryKey, stored]));
  expect((await desk.rotate(known)).status).toBe(202);
  expect((await desk.settle(known)).attempt?.state).toBe('saved');
  expect((await desk.see(erin, id)).access.state).toBe('can-access');
});

test('4.3-6 a Mac out of a drawer runs nothing that is older than 30 days, and is whole again after one question', async () => {
  const { mac, id } = await desk.stored(erin);
  mac.setBehaviour(asleep);
  expect((await desk.call(erin, 'POST', `/api/v1/devices/${id}/check-status`, {})).status).toBe(202);
  await desk.pass(31 * day);
  await desk.pass(hour);
  const pushes = mac.pushCount;
  await desk.pass(1.06 * hour);
  expect(mac.pushCount).toBe(pushes);
  expect((await desk.see(erin, id)).concerns).toEqual(['silent']);
  desk.commandsTo(mac.identity.udid);
  mac.setBehaviour(answers);
  await poll(mac);
  expect(desk.commandsTo(mac.identity.udid)).toEqual([]);
  expect((await desk.see(erin, id)).concerns).toEqual([]);
  await desk.call(erin, 'POST', `/api/v1/devices/${id}/check-status`, {});
  await mac.settled();
  await poll(mac);
  const after = await desk.see(erin, id);
  expect(after).toMatchObject({ recoveryKey: { state: 'current' }, access: { state: 'can-access' } });
  expect((await desk.keys(erin, id))[0]?.key).toBe(mac.paper.currentRecoveryKey);
});
