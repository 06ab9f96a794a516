import type { SimulatedMac } from '@keyhaven/mac/mac';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { progressOf } from '../enrolling.ts';
import { type BenchWorld, startBenchWorld } from '../faults/bench-world.ts';
import { speakingTo } from '../faults/mac-voice.ts';
import { casey, type Desk, day, erin, it, type KnownMac, openDesk, poll } from './desk.ts';
import { storeWithoutAnswer } from './held-back-answer.ts';

const itAll = [it, 'admin2@example.com', 'helpdesk@example.com'];
let world: BenchWorld;
let desk: Desk;
/** Erin's Mac, and another that Casey enrolled under its UDID and serial number. */
let claimed: KnownMac;
let impostor: SimulatedMac;
let enrollment: string;
let inQuarantine: string;

beforeAll(async () => {
  world = await startBenchWorld();
  desk = openDesk(world);
  // Whoever has never signed in is nobody to be told.
  for (const who of itAll) await world.person(who);
});
afterAll(() => world.close());
beforeEach(async () => {
  claimed = await desk.stored(erin);
  const { udid, serialNumber } = claimed.mac.identity;
  impostor = await world.fleet.addMac({ identity: { udid, serialNumber } });
  desk.commandsTo(udid);
  enrollment = await desk.enroll(casey, impostor);
  const found = (await desk.macsOf(it, 'all')).find(
    (each) => each.serialNumber === serialNumber && each.id !== claimed.id,
  );
  if (found === undefined) throw new Error('IT sees no Mac in quarantine');
  inQuarantine = found.id;
});

const settle = (decision: 'accept' | 'refuse') =>
  desk.call(it, 'POST', `/api/v1/devices/${inQuarantine}/quarantine`, { decision });
const idleOf = async (mac: SimulatedMac): Promise<number> => {
  const voice = speakingTo(world.origin)(mac);
  return (await voice.say({ UDID: voice.udid, Status: 'Idle' })).status;
};
const keysOfErin = async (): Promise<readonly (string | null)[]> =>
  (await desk.keys(erin, claimed.id)).map(({ key }) => key);

describe('a Mac that somebody else enrolls under the UDID and serial number of one that is owned', () => {
  test('is in quarantine: owner and IT are told, no command goes out, and nobody gets a key', async () => {
    expect(await progressOf(await world.person(casey), enrollment)).toMatchObject({
      state: 'quarantined',
      deviceId: null,
    });
    await poll(impostor);
    expect(desk.commandsTo(impostor.identity.udid)).toEqual([]);
    expect(await desk.see(it, inQuarantine)).toMatchObject({
      enrollment: { state: 'quarantined' },
      recoveryKey: { state: 'none' },
      access: { state: 'grace' },
    });
    expect(await desk.notices(erin, claimed.id)).toContain('mac-quarantined');
    for (const who of itAll) {
      expect(await desk.notices(who, inQuarantine)).toEqual(['mac-quarantined']);
    }
    for (const id of [claimed.id, inQuarantine]) {
      const at = `/api/v1/devices/${id}`;
      expect((await desk.call(casey, 'GET', at)).status).toBe(404);
      expect((await desk.call(casey, 'POST', `${at}/recovery-key/reveal`, {})).status).toBe(404);
      expect((await desk.call(casey, 'PUT', `${at}/recovery-key`, typed(impostor))).status).toBe(404);
    }
    expect((await desk.macsOf(casey)).map(({ id }) => id)).not.toContain(inQuarantine);
    await desk.pass(day);
    expect((await desk.rotate(claimed)).status).toBe(202);
    expect((await desk.settle(claimed)).attempt?.state).toBe('saved');
    expect(await keysOfErin()).toContain(claimed.mac.paper.currentRecoveryKey);
  });

  test('once refused by IT is heard no more, and its person reads why', async () => {
    const before = await desk.keys(erin, claimed.id);
    expect((await settle('refuse')).status).toBe(200);
    expect(await progressOf(await world.person(casey), enrollment)).toMatchObject({
      state: 'refused',
      refusal: 'refused-by-it',
      deviceId: null,
    });
    expect(await idleOf(impostor)).toBe(400);
    expect(await idleOf(claimed.mac)).toBe(200);
    expect(await desk.keys(erin, claimed.id)).toEqual(before);
    expect(await desk.see(erin, claimed.id)).toMatchObject({ enrollment: { state: 'active' }, concerns: [] });
    expect((await settle('accept')).status).toBe(409);
  });

  test('once accepted by IT is a new Mac; the owner of the earlier one keeps the keys and is told', async () => {
    const keys = await keysOfErin();
    expect((await settle('accept')).status).toBe(200);
    await poll(impostor);
    await poll(impostor);
    expect(await progressOf(await world.person(casey), enrollment)).toMatchObject({
      state: 'live',
      deviceId: inQuarantine,
    });
    expect(await desk.see(casey, inQuarantine)).toMatchObject({
      enrollment: { state: 'active' },
      recoveryKey: { state: 'none' },
      fileVaultProfile: 'acknowledged',
      concerns: [],
    });
    expect(await desk.notices(erin, claimed.id)).toContain('mac-reassigned');
    expect((await desk.see(erin, claimed.id)).enrollment.state).toBe('ended');
    expect(await keysOfErin()).toEqual(keys);
    expect((await desk.call(casey, 'GET', `/api/v1/devices/${claimed.id}`)).status).toBe(404);
    // Whoever still holds the earlier certificate is told nothing.
    expect(await idleOf(claimed.mac)).toBe(400);

    const known = { mac: impostor, owner: casey, id: inQuarantine };
    await desk.store(known);
    expect((await desk.settle(known)).attempt?.state).toBe('saved');
    const own = (await desk.keys(casey, inQuarantine)).map(({ key }) => key);
    expect(own).toContain(impostor.paper.currentRecoveryKey);
    expect(own.filter((key) => keys.includes(key))).toEqual([]);
    expect(await keysOfErin()).toEqual(keys);
  });

  test('once accepted while a rotation is out at the earlier one: its late answer is still its owner’s key', async () => {
    await claimed.mac.makeNewRecoveryKey();
    const typedKey = claimed.mac.paper.currentRecoveryKey;
    const { say, answer } = await storeWithoutAnswer(world, desk, claimed);
    await settle('accept');
    expect((await desk.see(erin, claimed.id)).attempt?.state).toBe('uncertain');
    expect(await say(answer)).toMatchObject({ status: 200, body: Buffer.alloc(0) });
    expect(await keysOfErin()).toEqual(
      expect.arrayContaining([typedKey, claimed.mac.paper.currentRecoveryKey]),
    );
    expect((await desk.see(erin, claimed.id)).recoveryKey.state).toBe('current');
    expect((await desk.see(casey, inQuarantine)).recoveryKey.state).toBe('none');
  });

  test('once accepted leaves the earlier owner no way back but through quarantine', async () => {
    await settle('accept');
    const keys = await keysOfErin();
    const again = await desk.enroll(erin, claimed.mac);
    expect((await progressOf(await world.person(erin), again)).state).toBe('quarantined');
    expect(await desk.notices(casey, inQuarantine)).toContain('mac-quarantined');
    expect((await desk.see(casey, inQuarantine)).enrollment.state).toBe('active');
    expect(await keysOfErin()).toEqual(keys);
  });
});

test('whoever claims a Mac does not settle it, nor does anybody who may not write Macs', async () => {
  const { udid, serialNumber } = claimed.mac.identity;
  const third = await world.fleet.addMac({ identity: { udid, serialNumber } });
  await desk.enroll(it, third);
  const own = (await desk.macsOf('admin2@example.com', 'all')).find(
    (each) => each.serialNumber === serialNumber && each.owner.email === it,
  );
  const decide = (who: string) =>
    desk.call(who, 'POST', `/api/v1/devices/${own?.id}/quarantine`, { decision: 'accept' });
  expect((await decide(it)).status).toBe(403);
  expect((await decide('helpdesk@example.com')).status).toBe(403);
  expect((await decide(erin)).status).toBe(404);
  expect((await desk.see(it, own?.id ?? '')).enrollment.state).toBe('quarantined');
  expect((await decide('admin2@example.com')).status).toBe(200);
});

const typed = ({ paper }: SimulatedMac): object => ({
  recoveryKey: paper.currentRecoveryKey,
  confirmation: paper.currentRecoveryKey,
});
