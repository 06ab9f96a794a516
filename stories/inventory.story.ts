import { checkInList } from '@keyhaven/api-contract/check-in';
import type { Device } from '@keyhaven/api-contract/device';
import { type Notice, noticeList } from '@keyhaven/api-contract/notice';
import { type Policy, policyList } from '@keyhaven/api-contract/policy';
import type { SimulatedMac } from '@keyhaven/mac/mac';
import { writePlist } from '@keyhaven/mac/plist';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ApiCall, apiOf } from './api-call.ts';
import { startWorld, until, type World, type WorldMac } from './world.ts';

const minute = 60_000;
const day = 24 * 60 * minute;
const owner = 'employee@example.com';
const admin = 'admin@example.com';
let world: World;
beforeAll(async () => {
  world = await startWorld();
  call = apiOf(world);
});
afterAll(() => world.close());

let call: ApiCall;
/** As the administrator sees it. */
const look = async ({ device }: WorldMac): Promise<Device> =>
  // Safe because the API answers this call in the shape of the contract, or not with 2xx.
  (await call(admin, 'GET', `/devices/${device.id}`)) as Device;
const checkStatus = ({ device }: WorldMac): Promise<unknown> =>
  call(owner, 'POST', `/devices/${device.id}/check-status`, {});

const ours = (mac: SimulatedMac): string | undefined =>
  mac.state.profiles.find(({ identifier }) => identifier.startsWith('app.keyhaven.filevault.'))?.identifier;
const deviceKeyOf = (mac: SimulatedMac): string | null | undefined =>
  mac.state.profiles.find(({ escrow }) => escrow !== null)?.escrow?.deviceKey;

async function changePolicy(change: Partial<Policy['settings']['fileVault']>): Promise<Policy> {
  const [policy] = policyList.parse(await call(admin, 'GET', '/policies')).items;
  if (policy === undefined) throw new Error('there is no policy');
  const settings = { ...policy.settings, fileVault: { ...policy.settings.fileVault, ...change } };
  // Safe as above.
  return (await call(admin, 'PATCH', `/policies/${policy.id}`, {
    version: policy.version,
    settings,
  })) as Policy;
}

describe('the FileVault profile', () => {
  test('is replaced in place when the policy changes, and the key can be rotated all the while', async () => {
    const known = await world.enrolledMac(owner, { name: 'Replaced', stored: true });
    const { mac } = known;
    const [before, ...more] = mac.state.profiles.filter(({ escrow }) => escrow !== null);
    expect(more).toEqual([]);
    await changePolicy({ deviceKey: 'Asset 4711' });
    expect((await look(known)).fileVaultProfile).toBe('acknowledged');
    await world.pass(minute);
    await until(
      async () => deviceKeyOf(mac),
      (key) => key === 'Asset 4711',
    );
    await mac.settled();
    const [after] = mac.state.profiles.filter(({ escrow }) => escrow !== null);
    expect(after).toMatchObject({ identifier: before?.identifier, uuid: before?.uuid });
    expect(after?.payloads).toEqual(before?.payloads);
    await until(
      async () => policyList.parse(await call(admin, 'GET', '/policies')).items[0]?.macs ?? null,
      ({ waiting, refused }) => waiting === 0 && refused === 0,
    );
  });

  test('is not sent anew for a change that it does not show', async () => {
    const { mac } = await world.enrolledMac(owner, { name: 'Left alone' });
    const profile = mac.state.profiles.find(({ escrow }) => escrow !== null);
    const [policy] = policyList.parse(await call(admin, 'GET', '/policies')).items;
    if (policy === undefined) throw new Error('there is no policy');
    const settings = { ...policy.settings, gracePeriodDays: 30 };
    await call(admin, 'PATCH', `/policies/${policy.id}`, { version: policy.version, settings });
    await world.pass(minute);
    await mac.settled();
    // The very object: nothing was installed.
    expect(mac.state.profiles.find(({ escrow }) => escrow !== null)).toBe(profile);
  });

  test('is put back when somebody removes it', async () => {
    const known = await world.enrolledMac(owner, { name: 'Removed by hand' });
    const { mac } = known;
    await mac.removeByHand(ours(mac) ?? '');
    await checkStatus(known);
    await until(
      () => look(known),
      ({ fileVaultProfile }) => fileVaultProfile !== 'acknowledged',
    );
    await world.pass(minute);
    await until(
      () => look(known),
      ({ fileVaultProfile }) => fileVaultProfile === 'acknowledged',
    );
    expect(ours(mac)).toBeDefined();
  });

  test('that finds another in its place is a concern for IT, and is back when that one is gone', async () => {
    const known = await world.enrolledMac(owner, { name: 'Two masters' });
    const { mac } = known;
    await mac.removeByHand(ours(mac) ?? '');
    await mac.installByHand(otherProfile);
    await checkStatus(known);
    const seen = await until(
      () => look(known),
      ({ concerns }) => concerns.includes('other-escrow-profile'),
    );
    expect(seen.otherEscrowProfile).toBe('Old management');
    expect(await (await world.person(owner)).device(known.device.id)).toMatchObject({
      otherEscrowProfile: null,
    });
    await world.pass(minute);
    await until(
      () => look(known),
      ({ fileVaultProfile }) => fileVaultProfile === 'refused',
    );

    await mac.removeByHand('org.example.old');
    await checkStatus(known);
    await until(
      () => look(known),
      ({ concerns }) => concerns.length === 0,
    );
    await world.pass(minute);
    await until(
      () => look(known),
      ({ fileVaultProfile }) => fileVaultProfile === 'acknowledged',
    );
    expect(ours(mac)).toBeDefined();
  });
});

describe('a Mac in contact', () => {
  test('is asked every day how it is, without anybody asking for it', async () => {
    const known = await world.enrolledMac(owner, { name: 'Asked daily' });
    const { reportedAt } = (await look(known)).encryption;
    await world.pass(1.2 * day);
    await until(
      () => look(known),
      ({ encryption }) => Date.parse(encryption.reportedAt ?? '') > Date.parse(reportedAt ?? ''),
    );
  });

  test('whose FileVault is turned off: its owner and IT are told, once', async () => {
    const known = await world.enrolledMac(owner, { name: 'Turned off' });
    const told = async (email: string): Promise<readonly Notice[]> =>
      noticeList
        .parse(await call(email, 'GET', '/notices?limit=200'))
        .items.filter(({ kind, deviceId }) => kind === 'file-vault-off' && deviceId === known.device.id);
    await known.mac.turnFileVaultOff();
    for (let times = 0; times < 2; times += 1) {
      const { reportedAt } = (await look(known)).encryption;
      await checkStatus(known);
      const { encryption } = await until(
        () => look(known),
        (seen) => seen.encryption.reportedAt !== reportedAt,
      );
      expect(encryption.enabled).toBe(false);
    }
    expect(await told(owner)).toHaveLength(1);
    expect(await told(admin)).toHaveLength(1);
    expect(await told('colleague@example.com')).toEqual([]);
  });

  test('has its contacts counted by the hour', async () => {
    const known = await world.enrolledMac(owner, { name: 'Counted' });
    await known.mac.wake();
    await world.pass(0);
    const { items } = checkInList.parse(await call(owner, 'GET', `/devices/${known.device.id}/check-ins`));
    const kinds = new Set(items.flatMap(({ contacts }) => contacts.map(({ kind }) => kind)));
    expect(kinds).toEqual(new Set(['Authenticate', 'TokenUpdate', 'Idle', 'answer']));
  });
});

const otherProfile = writePlist({
  PayloadType: 'Configuration',
  PayloadVersion: 1n,
  PayloadIdentifier: 'org.example.old',
  PayloadUUID: '11111111-2222-4333-8444-555555555555',
  PayloadDisplayName: 'Old management',
  PayloadContent: [
    {
      PayloadType: 'com.apple.MCX.FileVault2',
      PayloadVersion: 1n,
      PayloadIdentifier: 'org.example.old.filevault',
      PayloadUUID: '11111111-2222-4333-8444-666666666666',
      Enable: 'On',
      Defer: true,
    },
  ],
});
