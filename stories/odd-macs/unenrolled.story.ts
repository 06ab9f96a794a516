import { afterAll, beforeAll, expect, test } from 'vitest';
import { type BenchWorld, startBenchWorld } from '../faults/bench-world.ts';
import { speakingTo } from '../faults/mac-voice.ts';
import { type Desk, erin, it, openDesk, poll } from './desk.ts';

let world: BenchWorld;
let desk: Desk;
beforeAll(async () => {
  world = await startBenchWorld();
  desk = openDesk(world);
});
afterAll(() => world.close());

test('a Mac that leaves and comes back is the same Mac with the same keys', async () => {
  const known = await desk.stored(erin);
  const { mac, id } = known;
  const key = mac.paper.currentRecoveryKey;
  const voice = speakingTo(world.origin)(mac);
  await mac.unenroll();
  for (const who of [erin, it]) {
    expect(await desk.see(who, id)).toMatchObject({
      enrollment: { state: 'ended' },
      access: { state: 'blocked', reasons: ['not-enrolled'] },
      concerns: [],
    });
  }
  expect((await desk.keys(erin, id))[0]).toMatchObject({ state: 'current', key });
  expect((await voice.say({ UDID: voice.udid, Status: 'Idle' })).status).toBe(400);
  expect((await desk.rotate(known)).status).toBe(409);

  await desk.enroll(erin, mac);
  expect(await desk.see(erin, id)).toMatchObject({
    enrollment: { state: 'active' },
    access: { state: 'can-access' },
    concerns: [],
  });
  // The escrow copy on its disk equals the key that we hold: it may be sent to this generation.
  await desk.rotate(known);
  expect((await desk.settle(known)).attempt?.state).toBe('saved');
  const held = await desk.keys(erin, id);
  expect(held.find(({ state }) => state === 'current')?.key).toBe(mac.paper.currentRecoveryKey);
  expect(held.map((each) => each.key)).toContain(key);
});

test('a Mac that its owner removes is told to leave, and is back after another enrollment', async () => {
  const { mac, id } = await desk.stored(erin);
  const key = mac.paper.currentRecoveryKey;
  expect((await desk.call(erin, 'DELETE', `/api/v1/devices/${id}`)).status).toBe(202);
  await poll(mac);
  expect(mac.state.enrollment).toBeNull();
  expect((await desk.see(erin, id)).enrollment.state).toBe('ended');
  await desk.enroll(erin, mac);
  expect(await desk.see(erin, id)).toMatchObject({
    enrollment: { state: 'active' },
    recoveryKey: { state: 'current' },
  });
  expect((await desk.keys(erin, id))[0]).toMatchObject({ state: 'current', key });
});
