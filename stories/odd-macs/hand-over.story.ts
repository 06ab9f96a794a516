import { afterAll, beforeAll, expect, test } from 'vitest';
import { type BenchWorld, startBenchWorld } from '../faults/bench-world.ts';
import { casey, type Desk, erin, it, openDesk, poll } from './desk.ts';

let world: BenchWorld;
let desk: Desk;
beforeAll(async () => {
  world = await startBenchWorld();
  desk = openDesk(world);
  await world.person(it);
});
afterAll(() => world.close());

test.each([
  ['erased', true],
  ['as it is, with its disk and its key', false],
] as const)(
  'a Mac handed over %s: each person has their own record and their own keys',
  async (_how, erased) => {
    const first = await desk.stored(erin);
    const { mac } = first;
    const { serialNumber } = mac.identity;
    const earlier = (await desk.keys(erin, first.id)).map(({ key }) => key);
    if (erased) await mac.erase();
    await desk.enroll(casey, mac);
    const found = (await desk.macsOf(it, 'all')).find(
      (each) => each.serialNumber === serialNumber && each.enrollment.state === 'quarantined',
    );
    if (found === undefined) throw new Error('there is no Mac in quarantine');
    const second = { mac, owner: casey, id: found.id };
    const settled = await desk.call(it, 'POST', `/api/v1/devices/${second.id}/quarantine`, {
      decision: 'accept',
    });
    expect(settled).toMatchObject({
      status: 200,
      body: { owner: { email: casey }, recoveryKey: { state: 'none' } },
    });
    await poll(mac);
    await poll(mac);
    if (erased) await mac.turnFileVaultOn();
    await desk.call(casey, 'POST', `/api/v1/devices/${second.id}/check-status`, {});
    await poll(mac);
    await desk.store(second);
    expect((await desk.settle(second)).attempt?.state).toBe('saved');

    expect(await desk.see(erin, first.id)).toMatchObject({
      enrollment: { state: 'ended' },
      access: { state: 'blocked' },
      concerns: [],
    });
    expect(await desk.see(casey, second.id)).toMatchObject({
      enrollment: { state: 'active' },
      recoveryKey: { state: 'current' },
      access: { state: 'can-access' },
      concerns: [],
    });
    expect((await desk.keys(erin, first.id)).map(({ key }) => key)).toEqual(earlier);
    expect((await desk.keys(casey, second.id)).find(({ state }) => state === 'current')?.key).toBe(
      mac.paper.currentRecoveryKey,
    );
    expect((await desk.call(casey, 'GET', `/api/v1/devices/${first.id}`)).status).toBe(404);
    expect((await desk.call(erin, 'GET', `/api/v1/devices/${second.id}`)).status).toBe(404);
    for (const id of [first.id, second.id]) {
      expect((await desk.keys(it, id)).map(({ key }) => key).filter((key) => key !== null)).toEqual([]);
    }
  },
);
