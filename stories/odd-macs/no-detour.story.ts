import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type BenchWorld, startBenchWorld } from '../faults/bench-world.ts';
import { speakingTo } from '../faults/mac-voice.ts';
import { casey, type Desk, erin, it, type KnownMac, openDesk } from './desk.ts';

const itTwo = 'admin2@example.com';
let world: BenchWorld;
let desk: Desk;
beforeAll(async () => {
  world = await startBenchWorld();
  desk = openDesk(world);
  for (const who of [it, itTwo]) await world.person(who);
});
afterAll(() => world.close());

/** The Mac in quarantine with the serial number of this one, as IT finds it. */
async function inQuarantine({ mac }: KnownMac): Promise<string> {
  const { serialNumber } = mac.identity;
  const found = (await desk.macsOf(it, 'all')).find(
    (each) => each.serialNumber === serialNumber && each.enrollment.state === 'quarantined',
  );
  if (found === undefined) throw new Error('nothing is in quarantine');
  return found.id;
}

const settle = (id: string, decision: 'accept' | 'refuse' = 'accept') =>
  desk.call(it, 'POST', `/api/v1/devices/${id}/quarantine`, { decision });
const makeCorporate = (id: string) =>
  desk.call(itTwo, 'PATCH', `/api/v1/devices/${id}`, { ownership: 'corporate' });

/** Another machine that says it is this Mac, enrolled by Casey. */
async function impostorOf({ mac }: KnownMac) {
  const { udid, serialNumber } = mac.identity;
  const impostor = await world.fleet.addMac({ identity: { udid, serialNumber } });
  await desk.enroll(casey, impostor);
  return impostor;
}

describe('a personal Mac', () => {
  test('does not become company-owned by way of a quarantine and the list of serial numbers', async () => {
    const known = await desk.stored(erin);
    const { serialNumber } = known.mac.identity;
    await desk.call(it, 'POST', '/api/v1/corporate-identifiers', { serialNumbers: [serialNumber] });
    await impostorOf(known);
    expect((await settle(await inQuarantine(known))).status).toBe(200);
    // The owner enrolls once more; now it is she whom the list and a second settlement would hand to IT.
    await desk.enroll(erin, known.mac);
    const again = await inQuarantine(known);
    expect((await settle(again)).status).toBe(200);
    expect((await desk.see(it, again)).ownership).toBe('personal');
    await known.mac.wake();
    for (const { key } of await desk.keys(it, again)) expect(key).toBeNull();
  });

  test('changes hands for nobody while it is in quarantine, where nobody could be told', async () => {
    const known = await desk.managed(casey);
    const { udid, serialNumber } = known.mac.identity;
    const hers = await world.fleet.addMac({ identity: { udid, serialNumber } });
    await desk.enroll(erin, hers);
    const id = await inQuarantine(known);
    expect(await makeCorporate(id)).toMatchObject({ status: 409, body: { code: 'in-quarantine' } });
    expect((await desk.see(it, id)).ownership).toBe('personal');
  });
});

describe('a Mac in quarantine', () => {
  test('that has left takes nobody’s place', async () => {
    const known = await desk.stored(erin);
    const impostor = await impostorOf(known);
    const id = await inQuarantine(known);
    await impostor.unenroll();
    expect(await settle(id)).toMatchObject({ status: 409, body: { code: 'not-quarantined' } });
    expect((await desk.see(erin, known.id)).enrollment.state).toBe('active');
    const voice = speakingTo(world.origin)(known.mac);
    expect((await voice.say({ UDID: voice.udid, Status: 'Idle' })).status).toBe(200);
  });

  test('whose certificate was taken back takes nobody’s place', async () => {
    const known = await desk.stored(erin);
    await impostorOf(known);
    const id = await inQuarantine(known);
    expect((await desk.call(it, 'DELETE', `/api/v1/devices/${id}/identity`)).status).toBe(200);
    expect((await settle(id)).status).toBe(409);
    expect((await desk.see(erin, known.id)).enrollment.state).toBe('active');
  });

  test('is settled before the eyes of whose Mac it says it is', async () => {
    const known = await desk.stored(erin);
    await impostorOf(known);
    expect((await settle(await inQuarantine(known), 'refuse')).status).toBe(200);
    expect(await desk.notices(erin, known.id)).toContain('quarantine-settled');
  });
});
