import { afterAll, beforeAll, expect, test } from 'vitest';
import { type BenchWorld, startBenchWorld } from '../faults/bench-world.ts';
import { type Desk, day, erin, it, openDesk, poll } from './desk.ts';

let world: BenchWorld;
let desk: Desk;
beforeAll(async () => {
  world = await startBenchWorld();
  desk = openDesk(world);
});
afterAll(() => world.close());

test('a Mac erased and never seen again falls silent, and its key stays within its owner’s reach', async () => {
  const { mac, id } = await desk.stored(erin);
  const key = mac.paper.currentRecoveryKey;
  await mac.erase();
  await poll(mac);
  expect(await desk.see(erin, id)).toMatchObject({ enrollment: { state: 'active' }, concerns: [] });
  await desk.pass(15 * day);
  for (const who of [erin, it]) {
    expect(await desk.see(who, id)).toMatchObject({
      enrollment: { state: 'active' },
      // APNs knows the token of an erased Mac no more.
      concerns: ['push-refused', 'silent'],
    });
  }
  expect((await desk.see(it, id)).actions).not.toContain('reveal');
  expect((await desk.keys(erin, id))[0]).toMatchObject({ state: 'current', key });
  expect((await desk.keys(it, id))[0]?.key).toBeNull();
});

test('a Mac erased and enrolled again by its owner is the same Mac, and its old key is never sent to it', async () => {
  const known = await desk.stored(erin);
  const { mac, id } = known;
  const old = mac.paper.currentRecoveryKey;
  await mac.erase();
  await desk.enroll(erin, mac);
  const back = await desk.see(erin, id);
  expect(back).toMatchObject({
    enrollment: { state: 'active' },
    encryption: { enabled: false },
    concerns: [],
  });
  expect(back.access.reasons).toContain('not-encrypted');
  expect(await desk.notices(erin, id)).toContain('re-enrolled');
  expect((await desk.keys(erin, id))[0]).toMatchObject({ state: 'current', key: old });

  desk.commandsTo(mac.identity.udid);
  await desk.rotate(known);
  expect((await desk.settle(known)).attempt).toMatchObject({ state: 'failed', reason: 'not-encrypted' });
  await mac.turnFileVaultOn();
  await desk.call(erin, 'POST', `/api/v1/devices/${id}/check-status`, {});
  await poll(mac);
  expect(desk.commandsTo(mac.identity.udid)).not.toContain('RotateFileVaultKey');
  // The new disk's key has come by its escrow copy.
  const held = await desk.keys(erin, id);
  expect(held[0]).toMatchObject({ state: 'unproven', key: mac.paper.currentRecoveryKey });
  expect(held.map(({ key }) => key)).toContain(old);

  await desk.rotate(known);
  expect((await desk.settle(known)).attempt?.state).toBe('saved');
  const after = await desk.keys(erin, id);
  expect(after.find(({ state }) => state === 'current')?.key).toBe(mac.paper.currentRecoveryKey);
  expect(after.find(({ key }) => key === old)?.state).toBe('superseded');
});

test('an erased Mac whose new disk nobody knows a key of is not sent the old one, even when encrypted', async () => {
  const known = await desk.stored(erin);
  const { mac, id } = known;
  const old = mac.paper.currentRecoveryKey;
  await mac.erase();
  // By hand, before there is an escrow payload: no escrow copy is made.
  await mac.turnFileVaultOn();
  await desk.enroll(erin, mac);
  desk.commandsTo(mac.identity.udid);
  await desk.rotate(known);
  expect((await desk.settle(known)).attempt).toMatchObject({ state: 'failed', reason: 're-enrolled' });
  expect(desk.commandsTo(mac.identity.udid)).not.toContain('RotateFileVaultKey');
  expect((await desk.keys(erin, id))[0]?.key).toBe(old);
  await desk.store(known);
  expect((await desk.settle(known)).attempt?.state).toBe('saved');
  expect((await desk.keys(erin, id))[0]?.key).toBe(mac.paper.currentRecoveryKey);
});
