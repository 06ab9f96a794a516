import { afterAll, beforeAll, expect, test } from 'vitest';
import { type BenchWorld, startBenchWorld } from '../faults/bench-world.ts';
import { type Desk, erin, type HeldKey, it, type KnownMac, openDesk, poll } from './desk.ts';
import { storeWithoutAnswer } from './held-back-answer.ts';

let world: BenchWorld;
let desk: Desk;
beforeAll(async () => {
  world = await startBenchWorld();
  desk = openDesk(world);
});
afterAll(() => world.close());

/** The keys held after the Mac has told its escrow copy. */
async function askedAgain({ mac, id }: KnownMac): Promise<readonly HeldKey[]> {
  await desk.call(erin, 'POST', `/api/v1/devices/${id}/check-status`, {});
  await poll(mac);
  return desk.keys(erin, id);
}

test('a Mac re-enrolled while a rotation is out: its escrow copy tells what became of it', async () => {
  const known = await desk.managed(erin);
  const { mac, id } = known;
  const typed = mac.paper.currentRecoveryKey;
  await storeWithoutAnswer(world, desk, known);
  expect((await desk.see(erin, id)).attempt?.state).toBe('rotating');
  await desk.enroll(erin, mac);
  for (const who of [erin, it]) {
    expect(await desk.see(who, id)).toMatchObject({
      enrollment: { state: 'active' },
      attempt: { state: 'saved' },
      recoveryKey: { state: 'current', source: 'escrow-copy' },
    });
  }
  expect(await desk.notices(erin, id)).toContain('re-enrolled');
  const held = await desk.keys(erin, id);
  expect(held.find(({ state }) => state === 'current')?.key).toBe(mac.paper.currentRecoveryKey);
  expect(held.map(({ key }) => key)).toContain(typed);
});

test('a Mac erased and re-enrolled meanwhile: the attempt says so, the typed key is kept, and a late answer is taken', async () => {
  const known = await desk.managed(erin);
  const { mac, id } = known;
  const typed = mac.paper.currentRecoveryKey;
  const { say, answer } = await storeWithoutAnswer(world, desk, known);
  const late = mac.paper.currentRecoveryKey;
  // Erased in between: no escrow copy is left that could tell.
  await mac.erase();
  await desk.enroll(erin, mac);
  expect((await desk.see(erin, id)).attempt).toMatchObject({ state: 'failed', reason: 're-enrolled' });
  expect((await desk.keys(erin, id)).map(({ key }) => key)).toEqual([typed]);
  expect(await say(answer)).toMatchObject({ status: 200, body: Buffer.alloc(0) });
  const held = await desk.keys(erin, id);
  expect(held[0]).toMatchObject({ state: 'current', source: 'rotation', key: late });
  expect(held.map(({ key }) => key)).toContain(typed);
  expect((await desk.see(erin, id)).attempt).toMatchObject({ state: 'failed', reason: 're-enrolled' });
  // It is the key of a disk of before: the new generation is never sent it.
  await mac.turnFileVaultOn();
  expect(mac.paper.currentRecoveryKey).not.toBe(late);
  const { key: newest } = (await askedAgain(known))[0] ?? {};
  expect(newest).toBe(mac.paper.currentRecoveryKey);
  await desk.rotate(known);
  expect((await desk.settle(known)).attempt?.state).toBe('saved');
});

test('a late answer does not take the place of a newer key', async () => {
  const known = await desk.managed(erin);
  const { mac, id } = known;
  const { say, answer } = await storeWithoutAnswer(world, desk, known);
  const late = mac.paper.currentRecoveryKey;
  await desk.enroll(erin, mac);
  await desk.rotate(known);
  expect((await desk.settle(known)).attempt?.state).toBe('saved');
  const newest = mac.paper.currentRecoveryKey;
  expect((await say(answer)).status).toBe(200);
  const held = await desk.keys(erin, id);
  expect(held.find(({ state }) => state === 'current')?.key).toBe(newest);
  expect(held.map(({ key }) => key)).toContain(late);
  expect((await desk.see(erin, id)).recoveryKey.state).toBe('current');
});
