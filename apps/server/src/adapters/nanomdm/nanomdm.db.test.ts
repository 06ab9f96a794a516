import { afterAll, beforeAll, expect, test } from 'vitest';
import { type NanoMdmWorld, startNanoMdmWorld } from './stand-in/nanomdm-world.fixture.ts';

let world: NanoMdmWorld;
beforeAll(async () => {
  world = await startNanoMdmWorld();
});
afterAll(() => world.close());

test('a key is stored through NanoMDM', async () => {
  const { mac, device } = await world.enrolledMac('colleague@example.com');
  const someone = await world.person('colleague@example.com');
  const before = mac.paper.currentRecoveryKey;
  const attempt = await someone.store(device.id, before ?? '');
  expect(attempt.state).toBe('saved');
  expect(mac.paper.currentRecoveryKey).not.toBe(before);
});
