import { afterAll, beforeAll, expect, test } from 'vitest';
import { progressOf } from '../enrolling.ts';
import { type BenchWorld, startBenchWorld } from '../faults/bench-world.ts';
import { casey, type Desk, erin, it, openDesk, poll } from './desk.ts';

let world: BenchWorld;
let desk: Desk;
beforeAll(async () => {
  world = await startBenchWorld();
  desk = openDesk(world);
});
afterAll(() => world.close());

test('two Macs of one owner with one serial number are two Macs, each with its own key, and both are odd', async () => {
  const first = await desk.stored(erin);
  const { serialNumber } = first.mac.identity;
  const second = await desk.stored(erin, { identity: { serialNumber } });
  expect(second.id).not.toBe(first.id);
  for (const { mac, id } of [first, second]) {
    expect((await desk.see(erin, id)).concerns).toEqual(['serial-number-shared']);
    expect((await desk.see(it, id)).concerns).toEqual(['serial-number-shared']);
    const held = (await desk.keys(erin, id)).map(({ key }) => key);
    expect(held).toContain(mac.paper.currentRecoveryKey);
    for (const other of [first, second].filter((each) => each.id !== id)) {
      expect(held).not.toContain(other.mac.paper.currentRecoveryKey);
    }
  }
});

test('the serial number of somebody else’s Mac leads into quarantine, under a UDID of its own too', async () => {
  const { mac, id } = await desk.stored(erin);
  const { serialNumber } = mac.identity;
  const second = await world.fleet.addMac({ identity: { serialNumber } });
  const enrollment = await desk.enroll(casey, second);
  expect(await progressOf(await world.person(casey), enrollment)).toMatchObject({
    state: 'quarantined',
    deviceId: null,
  });
  expect(await desk.notices(erin, id)).toContain('mac-quarantined');
  expect(desk.commandsTo(second.identity.udid)).toEqual([]);
  expect(await desk.see(erin, id)).toMatchObject({
    enrollment: { state: 'active' },
    access: { state: 'can-access' },
  });
  expect((await desk.keys(erin, id))[0]?.key).toBe(mac.paper.currentRecoveryKey);
  expect((await desk.macsOf(casey)).filter((each) => each.serialNumber === serialNumber)).toEqual([]);

  // IT lets it in: its UDID is its own, so the first Mac goes on, and both are odd.
  const found = (await desk.macsOf(it, 'all')).find(
    (each) => each.enrollment.state === 'quarantined' && each.serialNumber === serialNumber,
  );
  const at = `/api/v1/devices/${found?.id}`;
  expect((await desk.call(it, 'POST', `${at}/quarantine`, { decision: 'accept' })).status).toBe(200);
  await poll(second);
  await poll(second);
  const known = { mac: second, owner: casey, id: found?.id ?? '' };
  await desk.store(known);
  expect((await desk.settle(known)).attempt?.state).toBe('saved');
  for (const [who, of] of [
    [erin, id],
    [casey, known.id],
  ] as const) {
    expect(await desk.see(who, of)).toMatchObject({
      enrollment: { state: 'active' },
      concerns: ['serial-number-shared'],
      access: { state: 'can-access' },
    });
  }
  expect((await desk.keys(erin, id)).map(({ key }) => key)).not.toContain(second.paper.currentRecoveryKey);
  expect((await desk.keys(casey, known.id)).map(({ key }) => key)).not.toContain(
    mac.paper.currentRecoveryKey,
  );
});
