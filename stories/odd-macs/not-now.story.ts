import { answers, type Behaviour } from '@keyhaven/mac/behaviours/behaviour';
import { notNowTwice } from '@keyhaven/mac/behaviours/not-now-twice';
import type { SimulatedMac } from '@keyhaven/mac/mac';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { commandIn, nextCommand } from '../by-hand-renewal.ts';
import { type BenchWorld, startBenchWorld } from '../faults/bench-world.ts';
import { speakingTo } from '../faults/mac-voice.ts';
import { type Desk, erin, hour, type KnownMac, minute, openDesk, poll } from './desk.ts';

let world: BenchWorld;
let desk: Desk;
beforeAll(async () => {
  world = await startBenchWorld();
  desk = openDesk(world);
});
afterAll(() => world.close());

/** On battery in Power Nap, as long as it is set. */
const notNow: Behaviour = { ...notNowTwice, name: 'not-now', span: null };

/** What follows on its profile is over: no question of our own is due before tomorrow. */
async function quietMac(): Promise<KnownMac> {
  const known = await desk.stored(erin);
  await desk.pass(61 * minute);
  await poll(known.mac);
  return known;
}

/** Lets time go by, and the Mac do what a push asks of it; answers how often it has been pushed by then. */
async function pushesAfter(mac: SimulatedMac, milliseconds: number): Promise<number> {
  await desk.pass(milliseconds);
  await mac.settled();
  return mac.pushCount;
}

test('a Mac that has no time is asked again after 15 minutes, 1 hour and 4 hours, and not before', async () => {
  const { mac, id } = await quietMac();
  mac.setBehaviour(notNow);
  const before = mac.pushCount;
  const pushes = async (milliseconds: number): Promise<number> =>
    (await pushesAfter(mac, milliseconds)) - before;
  await desk.call(erin, 'POST', `/api/v1/devices/${id}/check-status`, {});
  // Three questions, one push.
  expect(await pushes(0)).toBe(1);
  expect(await pushes(14 * minute)).toBe(1);
  expect(await pushes(2 * minute)).toBe(2);
  expect(await pushes(58 * minute)).toBe(2);
  expect(await pushes(3 * minute)).toBe(3);
  expect(await pushes(3.9 * hour)).toBe(3);
  mac.setBehaviour(answers);
  expect(await pushes(0.2 * hour)).toBe(4);
  expect(await pushes(5 * hour)).toBe(4);
  const { enrollment, concerns, recoveryKey, encryption } = await desk.see(erin, id);
  expect([enrollment.state, concerns, recoveryKey.state]).toEqual(['active', [], 'current']);
  expect(Date.parse(encryption.reportedAt ?? '')).toBeGreaterThan(world.clock.now().getTime() - 6 * hour);
});

test('a command put off is offered again at the next Idle, and to nobody in the same session', async () => {
  const { mac, id } = await quietMac();
  const voice = speakingTo(world.origin)(mac);
  const { udid } = voice;
  mac.setBehaviour({ ...answers, hearsPushes: false });
  await desk.call(erin, 'POST', `/api/v1/devices/${id}/check-status`, {});
  const first = await nextCommand(voice);
  const answer = { UDID: udid, CommandUUID: first?.uuid ?? '', Status: 'Acknowledged', QueryResponses: {} };
  const second = commandIn((await voice.say(answer)).body);
  expect([first?.type, second?.type]).toEqual(['DeviceInformation', 'SecurityInfo']);
  const putOff = { UDID: udid, CommandUUID: second?.uuid ?? '', Status: 'NotNow' };
  expect((await voice.say(putOff)).body).toHaveLength(0);
  const pushes = mac.pushCount;
  // Other answers after a NotNow: the Mac will not come back by itself, so it has to be pushed later.
  const third = commandIn((await voice.say(answer)).body);
  expect(third?.type).toBe('ProfileList');
  const refusal = { UDID: udid, CommandUUID: third?.uuid ?? '', Status: 'Error', ErrorChain: [] };
  expect((await voice.say(refusal)).body).toHaveLength(0);
  await desk.pass(14 * minute);
  expect(mac.pushCount).toBe(pushes);
  await desk.pass(2 * minute);
  expect(mac.pushCount).toBe(pushes + 1);
  expect((await nextCommand(voice))?.uuid).toBe(second?.uuid);
});

test('a rotation put off waits where everybody can see it, and is saved when the Mac has time', async () => {
  const known = await desk.stored(erin);
  const { mac, id } = known;
  const key = mac.paper.currentRecoveryKey;
  mac.setBehaviour({ ...notNow, commands: ['RotateFileVaultKey'] });
  expect((await desk.rotate(known)).status).toBe(202);
  await poll(mac);
  const seen = await desk.see(erin, id);
  expect([seen.attempt?.state, seen.attempt?.reason]).toEqual(['waiting-for-device', null]);
  expect([seen.recoveryKey.state, seen.access.state]).toEqual(['current', 'can-access']);
  expect((await desk.keys(erin, id))[0]).toMatchObject({ state: 'current', key });
  mac.setBehaviour(answers);
  await desk.pass(16 * minute);
  await mac.settled();
  expect((await desk.settle(known)).attempt?.state).toBe('saved');
  const held = await desk.keys(erin, id);
  expect(held.find(({ state }) => state === 'current')?.key).toBe(mac.paper.currentRecoveryKey);
  expect(held.map((each) => each.key)).toContain(key);
});
