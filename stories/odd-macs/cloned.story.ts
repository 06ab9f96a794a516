import { asleep } from '@keyhaven/mac/behaviours/asleep';
import type { SimulatedMac } from '@keyhaven/mac/mac';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type BenchWorld, startBenchWorld } from '../faults/bench-world.ts';
import { messagesInTheNameOf } from '../faults/impostors.ts';
import { speakingTo } from '../faults/mac-voice.ts';
import { type Desk, erin, it, openDesk, poll } from './desk.ts';

let world: BenchWorld;
let desk: Desk;
beforeAll(async () => {
  world = await startBenchWorld();
  desk = openDesk(world);
});
afterAll(() => world.close());

const otherUdid = '11111111-2222-4333-8444-555555555555';

describe('a virtual machine cloned under another UDID', () => {
  test('is refused whatever it says, both know of it, and the first works on', async () => {
    const known = await desk.stored(erin);
    const { mac, id } = known;
    const key = mac.paper.currentRecoveryKey;
    const before = await desk.keys(erin, id);
    const clone = await world.fleet.copyMac(mac, { udid: otherUdid });
    const voice = speakingTo(world.origin)(clone);
    const statuses = new Set<number>();
    for (const message of messagesInTheNameOf(clone)) statuses.add((await voice.say(message)).status);
    expect([...statuses]).toEqual([400]);
    for (const who of [erin, it]) {
      expect(await desk.see(who, id)).toMatchObject({
        concerns: ['certificate-shared'],
        enrollment: { state: 'active' },
        access: { state: 'can-access' },
      });
    }
    expect(await desk.keys(erin, id)).toEqual(before);
    await desk.rotate(known);
    await poll(clone);
    expect((await desk.see(erin, id)).attempt?.state).toBe('waiting-for-device');
    expect((await desk.settle(known)).attempt?.state).toBe('saved');
    expect(clone.paper.currentRecoveryKey).toBe(key);
    expect((await desk.keys(erin, id))[0]?.key).toBe(mac.paper.currentRecoveryKey);
  });

  test('becomes a Mac of its own by an enrollment of its own, and neither gets the key of the other', async () => {
    const { mac, id } = await desk.stored(erin);
    const clone = await world.fleet.copyMac(mac, {
      udid: otherUdid.replaceAll('1', '6'),
      serialNumber: 'ZCLONE0001',
    });
    await desk.enroll(erin, clone);
    const own = (await desk.macsOf(erin)).find(({ serialNumber }) => serialNumber === 'ZCLONE0001');
    if (own === undefined) throw new Error('the clone was not let in');
    const known = { mac: clone, owner: erin, id: own.id };
    await desk.store(known);
    expect((await desk.settle(known)).attempt?.state).toBe('saved');
    const cloned = clone.paper.currentRecoveryKey;
    expect((await desk.keys(erin, own.id)).find(({ state }) => state === 'current')?.key).toBe(cloned);
    const first = (await desk.keys(erin, id)).map(({ key }) => key);
    expect(first).toContain(mac.paper.currentRecoveryKey);
    expect(first).not.toContain(cloned);
  });
});

describe('a virtual machine cloned under the same UDID', () => {
  test('speaks for the same Mac: whichever rotates, the key of each is held, and the other’s is not taken for its own', async () => {
    const known = await desk.stored(erin);
    const { mac, id } = known;
    const twin = await world.fleet.copyMac(mac);
    // A push would reach the twin whichever is meant: each speaks when it is woken only.
    twin.setBehaviour(asleep);
    const rotateAt = async (speaker: SimulatedMac): Promise<string | undefined> => {
      await desk.rotate(known);
      return (await desk.settle(known, speaker)).attempt?.state;
    };
    const heldOfBoth = async (): Promise<void> => {
      const held = (await desk.keys(erin, id)).map(({ key }) => key);
      for (const { paper } of [mac, twin]) expect(held).toContain(paper.currentRecoveryKey);
    };
    expect(await rotateAt(twin)).toBe('saved');
    expect(twin.paper.currentRecoveryKey).not.toBe(mac.paper.currentRecoveryKey);
    await heldOfBoth();

    // The first is asked with the key of its twin: it refuses, and nobody takes its word for the twin's key.
    expect(await rotateAt(mac)).toBe('failed');
    const after = await desk.see(erin, id);
    expect(after.attempt?.reason).toBe('wrong-key');
    await heldOfBoth();

    // Typed again at the first, its own key is proved there, and the twin's stays to be had.
    await desk.store(known);
    expect((await desk.settle(known)).attempt?.state).toBe('saved');
    const held = await desk.keys(erin, id);
    expect(held.find(({ state }) => state === 'current')?.key).toBe(mac.paper.currentRecoveryKey);
    await heldOfBoth();
    expect(held.filter(({ state }) => state === 'current')).toHaveLength(1);
  });

  test('made while it owed an answer: both hand it in, and it counts once', async () => {
    const known = await desk.stored(erin);
    const { mac, id } = known;
    const before = await desk.keys(erin, id);
    world.gate.cut({
      in: 'response',
      afterBytes: 0,
      of: ({ body }) => body.includes('EncryptedNewRecoveryKey'),
    });
    await desk.rotate(known);
    await world.runTimers();
    await mac.settled();
    expect(mac.owesResult).toBe(true);
    const twin = await world.fleet.copyMac(mac);
    expect((await desk.settle(known)).attempt?.state).toBe('saved');
    await poll(twin);
    expect(twin.owesResult).toBe(false);
    const after = await desk.keys(erin, id);
    expect(after).toHaveLength(before.length + 1);
    expect(after[0]).toMatchObject({ state: 'current', key: mac.paper.currentRecoveryKey });
  });

  test('saying the same things twice adds nothing', async () => {
    const { mac, id } = await desk.stored(erin);
    const twin = await world.fleet.copyMac(mac);
    const before = await desk.keys(erin, id);
    for (const speaker of [mac, twin, mac, twin]) {
      await desk.call(erin, 'POST', `/api/v1/devices/${id}/check-status`, {});
      await poll(speaker);
    }
    expect(await desk.keys(erin, id)).toEqual(before);
    expect((await desk.see(erin, id)).enrollment.state).toBe('active');
  });
});
