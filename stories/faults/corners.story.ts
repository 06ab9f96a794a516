import { asleep } from '@keyhaven/mac/behaviours/asleep';
import { answers } from '@keyhaven/mac/behaviours/behaviour';
import { errors } from '@keyhaven/mac/behaviours/errors';
import { losesTheAnswer } from '@keyhaven/mac/behaviours/loses-the-answer';
import { notNowTwice } from '@keyhaven/mac/behaviours/not-now-twice';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { enrollAt, storedMacs, storePaper, untilSaved } from './bench-fleet.ts';
import { type BenchWorld, startBenchWorld } from './bench-world.ts';
import { speakingTo } from './mac-voice.ts';
import { keyOf, type Portal } from './portal.ts';
import type { WatchedMac } from './watched-mac.ts';

const owner = 'employee@example.com';
const admin = 'admin@example.com';
const day = 86_400_000;
let world: BenchWorld;

beforeAll(async () => {
  world = await startBenchWorld();
});
afterAll(() => world.close());

async function aMac(): Promise<{ readonly portal: Portal; readonly mac: WatchedMac }> {
  world.clock.move(day);
  const { portal, macs } = await storedMacs(world, [owner]);
  const [mac] = macs;
  if (mac === undefined) throw new Error('there is no Mac');
  return { portal, mac };
}

const poll = async ({ mac }: WatchedMac): Promise<void> => {
  await mac.wake();
  await mac.settled();
};

/** Every key that may be had of this Mac. */
async function keysHeld(portal: Portal, mac: WatchedMac): Promise<readonly (string | null)[]> {
  const keys: (string | null)[] = [];
  for (const { version, canReveal } of await portal.versions(mac)) {
    if (canReveal) keys.push(keyOf(await portal.reveal(owner, mac, version)));
  }
  return keys;
}

const own = (portal: Portal, { device }: WatchedMac, ownership: string) =>
  portal.call(admin, 'PATCH', `/api/v1/devices/${device}`, { ownership });
const rotate = (portal: Portal, { device }: WatchedMac) =>
  portal.call(owner, 'POST', `/api/v1/devices/${device}/recovery-key/rotate`, {});

it('a good-bye of an earlier enrollment ends nothing of the one that counts', async () => {
  const { portal, mac } = await aMac();
  const earlier = speakingTo(world.origin)(mac.mac);
  const { topic } = mac.mac.state.enrollment ?? { topic: '' };
  await enrollAt(portal, owner, mac.mac);
  mac.mac.setBehaviour(asleep);
  await storePaper(portal, mac);
  const { status } = await earlier.say({ MessageType: 'CheckOut', UDID: earlier.udid, Topic: topic });
  expect(status).toBe(200);
  const device = await portal.device(mac);
  expect([device.enrollment.state, device.attempt?.state]).toEqual(['active', 'waiting-for-device']);
  mac.behave(answers);
  await untilSaved(portal, mac);
});

it('a typed key that the Mac’s escrow copy has confirmed is kept when its attempt is cancelled', async () => {
  const { portal, mac } = await aMac();
  await mac.mac.makeNewRecoveryKey();
  mac.behave({ ...notNowTwice, commands: ['RotateFileVaultKey'] });
  await storePaper(portal, mac);
  await poll(mac);
  const { attempt } = await portal.device(mac);
  const path = `/api/v1/devices/${mac.device}/attempts/${attempt?.id}`;
  expect((await portal.call(owner, 'DELETE', path)).status).toBe(204);
  expect(await keysHeld(portal, mac)).toContain(mac.mac.paper.currentRecoveryKey);
});

it('a typed key that the Mac’s escrow copy has confirmed is kept when the Mac refuses it', async () => {
  const { portal, mac } = await aMac();
  await mac.mac.makeNewRecoveryKey();
  mac.behave(errors);
  await storePaper(portal, mac);
  for (let polls = 0; polls < 5 && (await portal.device(mac)).attempt?.endedAt === null; polls += 1)
    await poll(mac);
  expect((await portal.device(mac)).attempt?.state).toBe('failed');
  expect(await keysHeld(portal, mac)).toContain(mac.mac.paper.currentRecoveryKey);
});

it('a key made while the Mac was personal stays closed to IT, also when its rotation was asked for before', async () => {
  const { portal, mac } = await aMac();
  await own(portal, mac, 'corporate');
  mac.mac.setBehaviour(asleep);
  expect((await rotate(portal, mac)).status).toBe(202);
  await own(portal, mac, 'personal');
  mac.behave(answers);
  await untilSaved(portal, mac);
  await own(portal, mac, 'corporate');
  expect(keyOf(await portal.reveal(owner, mac))).toBe(mac.mac.paper.currentRecoveryKey);
  for (const { version } of await portal.versions(mac)) {
    expect((await portal.reveal(admin, mac, version)).status).toBe(403);
  }
});

it('an escrow copy that settles an attempt is of personal days when the Mac was personal meanwhile', async () => {
  const { portal, mac } = await aMac();
  await own(portal, mac, 'corporate');
  mac.mac.setBehaviour(asleep);
  expect((await rotate(portal, mac)).status).toBe(202);
  await own(portal, mac, 'personal');
  mac.behave(losesTheAnswer);
  await poll(mac);
  mac.behave(answers);
  await untilSaved(portal, mac);
  await own(portal, mac, 'corporate');
  for (const { version } of await portal.versions(mac)) {
    expect((await portal.reveal(admin, mac, version)).status).toBe(403);
  }
});

it('a lost answer is adopted from the escrow copy although the clock went back in between', async () => {
  const { portal, mac } = await aMac();
  expect((await rotate(portal, mac)).status).toBe(202);
  await untilSaved(portal, mac);
  mac.behave(losesTheAnswer);
  expect((await rotate(portal, mac)).status).toBe(202);
  await poll(mac);
  world.clock.move(-2 * 3_600_000);
  // Told by the way, before anybody asks for the attempt's sake.
  await portal.call(owner, 'POST', `/api/v1/devices/${mac.device}/check-status`, {});
  mac.behave(answers);
  await poll(mac);
  await poll(mac);
  const device = await portal.device(mac);
  expect([device.attempt?.state, device.recoveryKey.state]).toEqual(['saved', 'current']);
  expect(keyOf(await portal.reveal(owner, mac))).toBe(mac.mac.paper.currentRecoveryKey);
  world.clock.move(2 * 3_600_000);
});

it('a key made at the Mac after the clock went back is the newest all the same', async () => {
  const { portal, mac } = await aMac();
  world.clock.move(day);
  expect((await rotate(portal, mac)).status).toBe(202);
  await untilSaved(portal, mac);
  world.clock.move(-day + 60_000);
  await mac.mac.makeNewRecoveryKey();
  await portal.call(owner, 'POST', `/api/v1/devices/${mac.device}/check-status`, {});
  await poll(mac);
  const [newest] = await portal.versions(mac);
  expect(newest?.state).toBe('unproven');
  expect(keyOf(await portal.reveal(owner, mac, newest?.version))).toBe(mac.mac.paper.currentRecoveryKey);
});
