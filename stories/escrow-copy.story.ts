import type { Device } from '@keyhaven/api-contract/device';
import { type Policy, policyList } from '@keyhaven/api-contract/policy';
import type { KeyVersion } from '@keyhaven/api-contract/recovery-key';
import { answers } from '@keyhaven/mac/behaviours/behaviour';
import { errors } from '@keyhaven/mac/behaviours/errors';
import { APPLE_HABITS } from '@keyhaven/mac/habits';
import type { SimulatedMac } from '@keyhaven/mac/mac';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type ApiCall, apiOf } from './api-call.ts';
import { signInAs } from './faults/caller.ts';
import { startWorld, until, type World, type WorldMac } from './world.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const owner = 'employee@example.com';
const admin = 'admin@example.com';
let world: World;
let call: ApiCall;
beforeAll(async () => {
  world = await startWorld();
  call = apiOf(world);
});
beforeEach(() =>
  setPolicy({ proveEscrowCopies: true, rotationIntervalDays: null, rotateAfterRevealMinutes: null }),
);
afterAll(() => world.close());

// All casts are safe because the API answers these calls in the shapes of the contract, or not with 2xx.
const look = async ({ device }: WorldMac): Promise<Device> =>
  (await call(owner, 'GET', `/devices/${device.id}`)) as Device;
const versions = async ({ device }: WorldMac): Promise<readonly KeyVersion[]> =>
  ((await call(owner, 'GET', `/devices/${device.id}/recovery-key/versions`)) as { items: KeyVersion[] })
    .items;
const report = async (known: WorldMac): Promise<void> => {
  await call(owner, 'POST', `/devices/${known.device.id}/check-status`, {});
  await known.mac.wake();
};
/** Signs in freshly, and sees the version that the Mac's page is about. */
const reveal = async (known: WorldMac): Promise<unknown> => {
  const { id, recoveryKey } = await look(known);
  const caller = await signInAs(world.url.origin, owner);
  const path = `/api/v1/devices/${id}/recovery-key/reveal`;
  const { body } = await caller.call('POST', path, { version: recoveryKey.version });
  return (body as { recoveryKey?: string }).recoveryKey;
};
const truth = (mac: SimulatedMac): string | null => mac.paper.currentRecoveryKey;
const keyState = (wanted: string) => (seen: Device) => seen.recoveryKey.state === wanted;

async function setPolicy(change: Partial<Policy['settings']>): Promise<void> {
  const [policy] = policyList.parse(await call(admin, 'GET', '/policies')).items;
  if (policy === undefined) throw new Error('there is no policy');
  const settings = { ...policy.settings, ...change };
  await call(admin, 'PATCH', `/policies/${policy.id}`, { version: policy.version, settings });
}

describe('a key that the Mac hands in without being asked', () => {
  test('when FileVault is turned on after the enrollment: it is kept unproven, then proved', async () => {
    const known = await world.enrolledMac(owner, { name: 'Turned on later', fileVaultEnabled: false });
    expect(known.device.recoveryKey.state).toBe('none');
    await known.mac.turnFileVaultOn();
    const handedIn = truth(known.mac);
    // The last of the questions that follow the profile.
    await world.pass(61 * minute);
    await until(
      () => look(known),
      ({ recoveryKey }) => recoveryKey.state !== 'none',
    );
    await world.pass(minute);
    const proved = await until(() => look(known), keyState('current'));
    expect(proved.attempt).toMatchObject({ kind: 'rotate', state: 'saved', startedBy: 'policy' });
    expect(await versions(known)).toMatchObject([
      { state: 'current', source: 'rotation' },
      { state: 'superseded', source: 'escrow-copy', provenAt: expect.any(String) },
    ]);
    expect(truth(known.mac)).not.toBe(handedIn);
    expect(await reveal(known)).toBe(truth(known.mac));
  });

  test('when its owner changes it in Terminal', async () => {
    await setPolicy({ proveEscrowCopies: false });
    const known = await world.enrolledMac(owner, { name: 'Terminal', stored: true });
    await known.mac.makeNewRecoveryKey();
    await report(known);
    await until(() => look(known), keyState('unproven'));
    // Without the policy nobody rotates it, and what the Mac told last is shown.
    await world.pass(minute);
    expect(await look(known)).toMatchObject({ recoveryKey: { state: 'unproven', source: 'escrow-copy' } });
    expect(await reveal(known)).toBe(truth(known.mac));

    await setPolicy({ proveEscrowCopies: true });
    await world.pass(minute);
    await until(() => look(known), keyState('current'));
    expect(await reveal(known)).toBe(truth(known.mac));
  });

  test('when the profile alone makes it, without a word', async () => {
    const mac = await world.fleet.addMac({
      identity: { name: 'Silent' },
      habits: { ...APPLE_HABITS, silentReEscrow: true },
    });
    const before = truth(mac);
    await mac.enroll(await (await world.person(owner)).enrollmentProfile());
    const device = await until(
      async () => (await (await world.person(owner)).myMacs()).find(({ name }) => name === 'Silent') ?? null,
      keyState('unproven'),
    );
    const known = { mac, device };
    expect(truth(mac)).not.toBe(before);
    await world.pass(minute);
    await until(() => look(known), keyState('current'));
    expect(await reveal(known)).toBe(truth(mac));
  });

  test('that it then refuses is tried again hours later, and no sooner', async () => {
    const known = await world.enrolledMac(owner, { name: 'Refuses', fileVaultEnabled: false });
    known.mac.setBehaviour(errors);
    await known.mac.turnFileVaultOn();
    await report(known);
    await until(() => look(known), keyState('unproven'));
    await world.pass(minute);
    const { attempt } = await until(
      () => look(known),
      (seen) => seen.attempt?.state === 'failed',
    );
    for (let times = 0; times < 5; times += 1) await world.pass(5 * minute);
    await known.mac.settled();
    expect((await look(known)).attempt?.id).toBe(attempt?.id);
    known.mac.setBehaviour(answers);
    await world.pass(hour);
    await until(() => look(known), keyState('current'));
  });
});

describe('a rotation', () => {
  test('asked for after a change in Terminal goes out with the key that the Mac has just told', async () => {
    const known = await world.enrolledMac(owner, { name: 'Asked after', stored: true });
    await known.mac.makeNewRecoveryKey();
    await call(owner, 'POST', `/devices/${known.device.id}/recovery-key/rotate`, {});
    const { attempt } = await until(
      () => look(known),
      (seen) => (seen.attempt?.endedAt ?? null) !== null,
    );
    expect(attempt).toMatchObject({ kind: 'rotate', state: 'saved' });
    expect(await reveal(known)).toBe(truth(known.mac));
  });

  test('comes by itself when the key is older than the policy allows', async () => {
    const known = await world.enrolledMac(owner, { name: 'Old key', stored: true });
    const before = truth(known.mac);
    await setPolicy({ rotationIntervalDays: 30 });
    await world.pass(29 * day);
    await known.mac.settled();
    expect(truth(known.mac)).toBe(before);
    await world.pass(2 * day);
    // Some of the fleet at a time.
    await until(
      async () => {
        await world.pass(minute);
        return truth(known.mac);
      },
      (key) => key !== before,
    );
    await until(
      () => look(known),
      ({ attempt }) => attempt?.state === 'saved',
    );
  });

  test('follows a reveal after the time that the policy says', async () => {
    const known = await world.enrolledMac(owner, { name: 'Seen', stored: true });
    await setPolicy({ rotateAfterRevealMinutes: 60 });
    const before = truth(known.mac);
    expect(await reveal(known)).toBe(before);
    await world.pass(50 * minute);
    await known.mac.settled();
    expect(truth(known.mac)).toBe(before);
    await world.pass(11 * minute);
    await until(
      async () => truth(known.mac),
      (key) => key !== before,
    );
    await until(
      () => look(known),
      ({ attempt }) => attempt?.state === 'saved' && attempt.startedBy === 'policy',
    );
    expect(await reveal(known)).toBe(truth(known.mac));
  });
});
