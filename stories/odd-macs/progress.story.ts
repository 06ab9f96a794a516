import type { CreatedEnrollment } from '@keyhaven/api-contract/enrollment';
import type { SimulatedMac } from '@keyhaven/mac/mac';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { identityByHand } from '../by-hand-identity.ts';
import { progressOf, takeProfile } from '../enrolling.ts';
import { type BenchWorld, startBenchWorld } from '../faults/bench-world.ts';
import type { Caller } from '../faults/caller.ts';
import { casey, type Desk, erin, hour, it, openDesk } from './desk.ts';

const topic = 'com.apple.mgmt.story';
let world: BenchWorld;
let desk: Desk;
let person: Caller;
beforeAll(async () => {
  world = await startBenchWorld();
  desk = openDesk(world);
  person = await world.freshPerson(erin);
});
afterAll(() => world.close());

const offer = async (): Promise<CreatedEnrollment> =>
  // Safe because 201 has this shape; another status has no id, and the next call says so.
  (await person.call('POST', '/api/v1/enrollments', {})).body as CreatedEnrollment;
const lookAt = async (id: string): Promise<string> => (await progressOf(person, id)).state;

test('an enrollment is followed from the offer to its end', async () => {
  const { id, profileUrl } = await offer();
  expect(await lookAt(id)).toBe('offered');
  const profile = await person.bytes(profileUrl);
  expect(await lookAt(id)).toBe('downloaded');
  const udid = 'AAAAAAAA-BBBB-4CCC-8DDD-EEEEEEEEEEEE';
  const voice = await identityByHand(world.origin, profile, udid);
  expect(await lookAt(id)).toBe('identified');
  const hello = { MessageType: 'Authenticate', UDID: udid, Topic: topic, SerialNumber: 'ZPROGRESS1' };
  expect((await voice.say(hello)).status).toBe(200);
  expect(await progressOf(person, id)).toMatchObject({ state: 'arrived', refusal: null });
  const { deviceId } = await progressOf(person, id);
  expect(await desk.see(erin, deviceId ?? '')).toMatchObject({ enrollment: { state: 'waiting' } });
  const token = {
    MessageType: 'TokenUpdate',
    UDID: udid,
    Topic: topic,
    Token: Buffer.alloc(32, 1),
    PushMagic: 'M',
  };
  expect((await voice.say(token)).status).toBe(200);
  expect(await lookAt(id)).toBe('live');
  expect((await voice.say({ MessageType: 'CheckOut', UDID: udid, Topic: topic })).status).toBe(200);
  expect(await progressOf(person, id)).toMatchObject({ state: 'ended', deviceId });
});

test('an enrollment in quarantine says that IT decides and no more, and then why it was refused', async () => {
  const { mac } = await desk.stored(casey);
  const { udid, serialNumber } = mac.identity;
  const { id } = await enrollTwin(udid, serialNumber);
  expect(await progressOf(person, id)).toMatchObject({ state: 'quarantined', refusal: null, deviceId: null });
  const found = (await desk.macsOf(it, 'all')).find(({ enrollment }) => enrollment.state === 'quarantined');
  await desk.call(it, 'POST', `/api/v1/devices/${found?.id}/quarantine`, { decision: 'refuse' });
  expect(await progressOf(person, id)).toMatchObject({ state: 'refused', refusal: 'refused-by-it' });
});

async function enrollTwin(udid: string, serialNumber: string): Promise<{ id: string; mac: SimulatedMac }> {
  const mac = await world.fleet.addMac({ identity: { udid, serialNumber } });
  const { id, profile } = await takeProfile(person);
  await mac.enroll(profile);
  return { id, mac };
}

test('a User Enrollment is refused with its reason, and leaves nothing behind', async () => {
  const before = await desk.macsOf(it, 'all');
  const { id, profile } = await takeProfile(person);
  const voice = await identityByHand(world.origin, profile, 'none');
  const hello = {
    MessageType: 'Authenticate',
    EnrollmentID: 'F0F0F0F0-0000-4000-8000-000000000001',
    Topic: topic,
  };
  expect((await voice.say(hello)).status).toBe(400);
  expect(await progressOf(person, id)).toMatchObject({
    state: 'refused',
    refusal: 'user-enrollment',
    deviceId: null,
  });
  expect(await desk.macsOf(it, 'all')).toEqual(before);
  // Nothing else is heard under its certificate, whoever it says that it is.
  const token = { MessageType: 'TokenUpdate', EnrollmentID: hello.EnrollmentID, Topic: topic };
  const idle = { EnrollmentID: hello.EnrollmentID, Status: 'Idle' };
  for (const message of [{ ...token, Token: Buffer.alloc(32, 2), PushMagic: 'M' }, idle]) {
    expect((await voice.say(message)).status).toBe(400);
  }
});

test('an offer that nobody takes, and a profile that nobody installs, are over after an hour', async () => {
  const { id: untaken } = await offer();
  const { id: unused } = await takeProfile(person);
  await desk.pass(hour + 1000);
  person = await world.freshPerson(erin);
  expect(await lookAt(untaken)).toBe('expired');
  expect(await lookAt(unused)).toBe('expired');
});

test('another person’s enrollment is not found, nor one that nobody offered', async () => {
  const { id } = await offer();
  const path = (of: string): string => `/api/v1/enrollments/${of}`;
  for (const who of [casey, it]) expect((await desk.call(who, 'GET', path(id))).status).toBe(404);
  for (const none of ['00000000-0000-4000-8000-000000000000', 'x']) {
    expect((await person.call('GET', path(none))).status).toBe(404);
  }
  expect((await fetch(new URL(path(id), world.origin))).status).toBe(401);
  const init = { method: 'POST', headers: { origin: world.origin } };
  expect((await fetch(new URL('/api/v1/enrollments', world.origin), init)).status).toBe(401);
  const tooLarge = { ownership: 'x'.repeat(70_000) };
  expect((await person.call('POST', '/api/v1/enrollments', tooLarge)).status).toBe(413);
});
