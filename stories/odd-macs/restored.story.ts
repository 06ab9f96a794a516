import { afterAll, beforeAll, expect, test } from 'vitest';
import { type BenchWorld, startBenchWorld } from '../faults/bench-world.ts';
import { speakingTo } from '../faults/mac-voice.ts';
import { type Desk, day, erin, it, openDesk, poll } from './desk.ts';

let world: BenchWorld;
let desk: Desk;
beforeAll(async () => {
  world = await startBenchWorld();
  desk = openDesk(world);
});
afterAll(() => world.close());

test('a Mac restored to a certificate that was renewed since is refused, shown as restored, and enrolled again', async () => {
  const known = await desk.stored(erin);
  const { mac, id } = known;
  const key = mac.paper.currentRecoveryKey;
  const backup = await mac.backUp();
  await desk.pass(310 * day);
  await poll(mac);
  await poll(mac);
  expect(mac.state.enrollment?.certificate).not.toEqual(backup.state.enrollment?.certificate);
  await mac.restore(backup);
  const voice = speakingTo(world.origin)(mac);
  expect((await voice.say({ UDID: voice.udid, Status: 'Idle' })).status).toBe(400);
  for (const who of [erin, it]) expect((await desk.see(who, id)).concerns).toEqual(['restored']);
  expect((await desk.keys(erin, id))[0]).toMatchObject({ state: 'current', key });

  await desk.enroll(erin, mac);
  expect(await desk.see(erin, id)).toMatchObject({ enrollment: { state: 'active' }, concerns: [] });
  expect(await desk.notices(erin, id)).toContain('re-enrolled');
  // Its escrow copy is the key that we hold: the Mac has shown that it is the one.
  await desk.rotate(known);
  expect((await desk.settle(known)).attempt?.state).toBe('saved');
  const held = await desk.keys(erin, id);
  expect(held.find(({ state }) => state === 'current')?.key).toBe(mac.paper.currentRecoveryKey);
  expect(held.map((each) => each.key)).toContain(key);
});

test('the escrow copy of an earlier key, back from a backup, does not hide the newer key or take its place', async () => {
  const known = await desk.stored(erin);
  const { mac, id } = known;
  const earlier = mac.paper.currentRecoveryKey;
  const backup = await mac.backUp();
  await desk.rotate(known);
  await desk.settle(known);
  const newer = mac.paper.currentRecoveryKey;
  expect(newer).not.toBe(earlier);
  await mac.restore(backup);
  await desk.call(erin, 'POST', `/api/v1/devices/${id}/check-status`, {});
  await poll(mac);
  await poll(mac);
  const seen = await desk.see(erin, id);
  const held = await desk.keys(erin, id);
  expect(seen.recoveryKey.state).toBe('current');
  expect(held.find(({ version }) => version === seen.recoveryKey.version)?.key).toBe(newer);
  expect(held.filter(({ key }) => key === earlier).map(({ state }) => state)).toEqual(['superseded']);

  // And a rotation goes by the key that the volume has.
  await desk.rotate(known);
  expect((await desk.settle(known)).attempt?.state).toBe('saved');
  expect((await desk.keys(erin, id)).find(({ state }) => state === 'current')?.key).toBe(
    mac.paper.currentRecoveryKey,
  );
});

test('a Mac restored to the moment at which it owed an answer repeats it, and the newer key stays', async () => {
  const known = await desk.stored(erin);
  const { mac, id } = known;
  world.gate.cut({
    in: 'request',
    afterBytes: 0,
    of: ({ body }) => body.includes('EncryptedNewRecoveryKey'),
  });
  await desk.rotate(known);
  await world.runTimers();
  await mac.settled();
  expect(mac.owesResult).toBe(true);
  const backup = await mac.backUp();
  expect((await desk.settle(known)).attempt?.state).toBe('saved');
  await desk.rotate(known);
  expect((await desk.settle(known)).attempt?.state).toBe('saved');
  const before = await desk.keys(erin, id);
  const newest = mac.paper.currentRecoveryKey;
  await mac.restore(backup);
  expect(mac.owesResult).toBe(true);
  await poll(mac);
  expect(mac.owesResult).toBe(false);
  const after = await desk.keys(erin, id);
  expect(after.find(({ state }) => state === 'current')?.key).toBe(newest);
  expect(after.map(({ version, key }) => [version, key])).toEqual(
    before.map(({ version, key }) => [version, key]),
  );
});

test('a Mac restored to the time before it was enrolled again is refused, and shown as restored', async () => {
  const known = await desk.stored(erin);
  const { mac, id } = known;
  const backup = await mac.backUp();
  await desk.enroll(erin, mac);
  await desk.rotate(known);
  expect((await desk.settle(known)).attempt?.state).toBe('saved');
  const before = await desk.keys(erin, id);
  await mac.restore(backup);
  const voice = speakingTo(world.origin)(mac);
  expect((await voice.say({ UDID: voice.udid, Status: 'Idle' })).status).toBe(400);
  for (const who of [erin, it]) {
    expect(await desk.see(who, id)).toMatchObject({
      enrollment: { state: 'active' },
      concerns: ['restored'],
    });
  }
  expect(await desk.keys(erin, id)).toEqual(before);

  // Its escrow copy is older than the key that we hold, which is not sent to a Mac that may be another.
  await desk.enroll(erin, mac);
  expect((await desk.see(erin, id)).concerns).toEqual([]);
  desk.commandsTo(mac.identity.udid);
  await desk.rotate(known);
  expect((await desk.settle(known)).attempt).toMatchObject({ state: 'failed', reason: 're-enrolled' });
  expect(desk.commandsTo(mac.identity.udid)).not.toContain('RotateFileVaultKey');
  expect(await desk.keys(erin, id)).toEqual(before);
  await desk.store(known);
  expect((await desk.settle(known)).attempt?.state).toBe('saved');
});

test('an escrow copy from a backup that nobody has seen before is kept as unproven, and costs no other key', async () => {
  const known = await desk.stored(erin);
  const { mac, id } = known;
  const report = async (): Promise<void> => {
    await desk.call(erin, 'POST', `/api/v1/devices/${id}/check-status`, {});
    await poll(mac);
  };
  const proved = mac.paper.currentRecoveryKey;
  await mac.makeNewRecoveryKey();
  const unseen = mac.paper.currentRecoveryKey;
  const backup = await mac.backUp();
  await mac.makeNewRecoveryKey();
  const newest = mac.paper.currentRecoveryKey;
  await report();
  await mac.restore(backup);
  await report();
  const held = await desk.keys(erin, id);
  expect(held.filter(({ state }) => state === 'current').map(({ key }) => key)).toEqual([proved]);
  expect(held.filter(({ state }) => state === 'unproven').map(({ key }) => key)).toEqual([unseen, newest]);
  expect((await desk.see(erin, id)).access.reasons).toEqual(['recovery-key-not-proved']);
  await desk.store(known);
  expect((await desk.settle(known)).attempt?.state).toBe('saved');
  const after = await desk.keys(erin, id);
  expect(after.find(({ state }) => state === 'current')?.key).toBe(mac.paper.currentRecoveryKey);
  expect(after.map(({ key }) => key)).toEqual(expect.arrayContaining([proved, unseen, newest]));
});
