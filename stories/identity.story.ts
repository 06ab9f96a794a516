import { asleep } from '@keyhaven/mac/behaviours/asleep';
import type { SimulatedMac } from '@keyhaven/mac/mac';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { nextCommand, renewByHand } from './by-hand-renewal.ts';
import { enrollAs, macOf, takeProfile } from './enrolling.ts';
import { type BenchWorld, startBenchWorld } from './faults/bench-world.ts';
import { speakingTo } from './faults/mac-voice.ts';

const day = 86_400_000;
let world: BenchWorld;

beforeAll(async () => {
  world = await startBenchWorld();
});
afterAll(() => world.close());

/** A Mac of Erin's, its profile taken. */
async function enrolledMac(): Promise<SimulatedMac> {
  const mac = await world.fleet.addMac();
  await enrollAs(await world.freshPerson('employee@example.com'), mac);
  await mac.wake();
  return mac;
}

const certificateOf = (mac: SimulatedMac): string =>
  (mac.state.enrollment?.certificate ?? Buffer.alloc(0)).toString('hex');

describe('a certificate that ends soon', () => {
  test('2.7-1 2.7-2 is renewed by the Mac at our word, and nothing else about the Mac changes', async () => {
    const mac = await enrolledMac();
    const before = await macOf(await world.person('employee@example.com'), mac);
    const old = speakingTo(world.origin)(mac);
    const oldCertificate = certificateOf(mac);
    world.clock.move(310 * day);
    await world.runTimers();
    await mac.wake();
    await mac.wake();
    expect(certificateOf(mac)).not.toBe(oldCertificate);
    const after = await macOf(await world.freshPerson('employee@example.com'), mac);
    expect(after).toMatchObject({
      id: before.id,
      enrollment: { state: 'active' },
      fileVaultProfile: 'acknowledged',
      concerns: [],
    });
    // What the Mac was before is refused now, as anybody would be who kept it.
    expect((await old.say({ UDID: old.udid, Status: 'Idle' })).status).toBe(400);
    expect((await speakingTo(world.origin)(mac).say({ UDID: old.udid, Status: 'Idle' })).status).toBe(200);
    world.clock.move(-310 * day);
  });

  test('2.7-1 is not renewed before its time', async () => {
    const mac = await enrolledMac();
    const certificate = certificateOf(mac);
    world.clock.move(200 * day);
    await world.runTimers();
    await mac.wake();
    expect(certificateOf(mac)).toBe(certificate);
    world.clock.move(-200 * day);
  });

  test('counts on while the new one has only checked in, and no longer than that', async () => {
    const mac = await enrolledMac();
    mac.setBehaviour(asleep);
    const old = speakingTo(world.origin)(mac);
    world.clock.move(310 * day);
    await world.runTimers();
    const renewed = await renewByHand(world.origin, mac);
    const idle = { UDID: old.udid, Status: 'Idle' };
    const topic = mac.state.enrollment?.topic ?? '';
    expect((await renewed.say({ MessageType: 'Authenticate', UDID: old.udid, Topic: topic })).status).toBe(
      200,
    );
    // A profile that fails to install is taken back, and the Mac goes on with what it had.
    expect((await old.say(idle)).status).toBe(200);
    expect((await renewed.say(idle)).status).toBe(200);
    expect((await old.say(idle)).status).toBe(400);
    world.clock.move(-310 * day);
  });

  test('2.7-3 3.4-8 sends its challenge to nobody who only repeats what the Mac once said', async () => {
    const mac = await enrolledMac();
    mac.setBehaviour(asleep);
    const voice = speakingTo(world.origin)(mac);
    world.clock.move(310 * day);
    await world.runTimers();
    for (let count = 0; count < 5; count += 1) {
      expect((await nextCommand(voice))?.type).not.toBe('InstallProfile');
    }
    world.clock.move(-310 * day);
  });
});

describe('a certificate that IT takes back', () => {
  test('counts no more, and the Mac must be enrolled again', async () => {
    const mac = await enrolledMac();
    const erin = await world.person('employee@example.com');
    const admin = await world.freshPerson('admin@example.com');
    const { id } = await macOf(erin, mac);
    expect((await erin.call('DELETE', `/api/v1/devices/${id}/identity`)).status).toBe(403);
    expect(await admin.call('DELETE', `/api/v1/devices/${id}/identity`)).toMatchObject({
      status: 200,
      body: { enrollment: { state: 'ended' } },
    });
    const voice = speakingTo(world.origin)(mac);
    for (const message of [
      { UDID: voice.udid, Status: 'Idle' },
      { MessageType: 'Authenticate', UDID: voice.udid, Topic: mac.state.enrollment?.topic ?? '' },
      { MessageType: 'CheckOut', UDID: voice.udid, Topic: mac.state.enrollment?.topic ?? '' },
    ]) {
      expect((await voice.say(message)).status).toBe(400);
    }
    await enrollAs(erin, mac);
    expect((await macOf(erin, mac)).enrollment.state).toBe('active');
  });
});

describe('the challenge of a profile', () => {
  test('gets one certificate, and no other enrollment anything', async () => {
    const erin = await world.freshPerson('employee@example.com');
    const { profile } = await takeProfile(erin);
    const [first, second] = [await world.fleet.addMac(), await world.fleet.addMac()];
    await first.enroll(profile);
    await expect(second.enroll(profile)).rejects.toThrow();
    expect((await macOf(erin, first)).enrollment.state).toBe('active');
  });

  test('is good for an hour', async () => {
    const erin = await world.freshPerson('employee@example.com');
    const { profile } = await takeProfile(erin);
    const mac = await world.fleet.addMac();
    world.clock.move(3_600_001);
    await expect(mac.enroll(profile)).rejects.toThrow();
    world.clock.move(-3_600_001);
  });
});
