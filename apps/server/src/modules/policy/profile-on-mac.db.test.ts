import type { PlistDict } from '@keyhaven/apple-mdm/plist/value';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { randomIds } from '../../kernel/id.ts';
import { runVerb } from '../../kernel/verb.ts';
import { transaction } from '../../platform/db/database.ts';
import { checkStatus } from '../commands/check-status.ts';
import { pollUntilRotation, profileList, rotate, say, type Told } from '../escrow/answering-mac.fixture.ts';
import { type EscrowWorld, escrowWorld, type Mac, type Person } from '../escrow/escrow-world.fixture.ts';
import { changePolicy } from './change-policy.ts';
import { effectivePolicy, profileState } from './policy.ts';
import type { Policy } from './policy-settings.ts';
import { replaceProfiles } from './replace-profiles.job.ts';

const hour = 3_600_000;
let world: EscrowWorld;
let owner: Person;
let ada: Person;
beforeAll(async () => {
  world = await escrowWorld();
});
// Anew for each: the clock goes on, and sessions end.
beforeEach(async () => {
  owner = await world.person('Emma');
  ada = await world.person('Ada', 'administrator');
});
afterAll(async () => {
  expect(world.faults).toEqual([]);
  await world.close();
});

const replace = (): Promise<number> =>
  replaceProfiles({ database: world.database, runner: world.runner, wake: world.escrow.wake });
const policy = (): Promise<Policy> => effectivePolicy(world.database);
async function alterPolicy(version?: number): Promise<string> {
  const { id, version: newest, settings } = await policy();
  const fileVault = { ...settings.fileVault, deviceKey: `Asset ${newest}` };
  const input = { policy: id, version: version ?? newest, settings: { ...settings, fileVault } };
  const changed = await runVerb(world.runner, {}, changePolicy, await ada.actor(), input);
  return changed.ok ? 'changed' : changed.refusal.kind;
}
const state = (mac: Mac): Promise<string> => profileState(world.database, mac.enrollment);
const notes = async (mac: Mac, action: string): Promise<number> => {
  const { rows } = await sql<{ count: number }>`select count(*) as count from audit_notes
    where device_id = ${mac.device} and action = ${action}`.execute(world.database);
  return rows[0]?.count ?? 0;
};
/** A Mac that has taken its profile. */
async function managedMac(): Promise<Mac> {
  const mac = await world.mac(owner);
  await pollUntilRotation(world, mac);
  return mac;
}
const refusing = (uuid: string, words: string): PlistDict => ({
  Status: 'Error',
  CommandUUID: uuid,
  ErrorChain: [{ ErrorCode: 4001, ErrorDomain: 'X', LocalizedDescription: words }],
});
/** Polls, refuses profiles, lists what it is told to, and acknowledges the rest. */
async function poll(mac: Mac, words: string | null, list: (uuid: string) => PlistDict): Promise<string[]> {
  const told: string[] = [];
  for (let next: Told | null = await say(world, mac, { Status: 'Idle' }); next !== null; ) {
    const { uuid, type } = next;
    told.push(type);
    const answer: PlistDict =
      type === 'InstallProfile' && words !== null
        ? refusing(uuid, words)
        : type === 'ProfileList'
          ? list(uuid)
          : { Status: 'Acknowledged', CommandUUID: uuid };
    next = await say(world, mac, answer);
  }
  return told;
}
const nothing = (uuid: string): PlistDict => ({ Status: 'Acknowledged', CommandUUID: uuid, ProfileList: [] });
const check = async ({ device }: Mac): Promise<void> => {
  const asked = await runVerb(
    world.runner,
    world.escrow,
    checkStatus(world.escrow.wake),
    await owner.actor(),
    {
      device,
    },
  );
  expect(asked.ok).toBe(true);
};

describe('a change of the policy', () => {
  it('is refused when it was made from another version than the newest', async () => {
    const { version } = await policy();
    expect(await alterPolicy(version + 1)).toBe('changed-meanwhile');
    expect(await alterPolicy(version)).toBe('changed');
    expect(await alterPolicy(version)).toBe('changed-meanwhile');
    expect(await policy()).toMatchObject({ version: version + 1, profileVersion: version + 1 });
  });

  it('is on record with what was before and what is after', async () => {
    await alterPolicy();
    const { rows } = await sql<{ detail: Readonly<Record<string, string>> }>`
      select detail from audit_notes where action = 'policy.changed' order by at desc limit 1`.execute(
      world.database,
    );
    const { settings, version } = await policy();
    expect(rows[0]?.detail).toMatchObject({ version, altersProfile: true });
    expect(JSON.parse(rows[0]?.detail['after'] ?? '')).toEqual(settings);
    expect(JSON.parse(rows[0]?.detail['before'] ?? '')).toMatchObject({
      fileVault: { deviceKey: `Asset ${version - 2}` },
    });
  });

  it('comes to a Mac once, and rotations go on while it is on its way or refused', async () => {
    const mac = await managedMac();
    await alterPolicy();
    while ((await replace()) > 0);
    expect(await state(mac)).toBe('acknowledged');
    const told = await poll(mac, 'Not today', (uuid) => profileList(mac, uuid));
    expect(told.filter((type) => type === 'InstallProfile')).toHaveLength(1);
    expect(await state(mac)).toBe('acknowledged');
    await world.giveKey(mac, 'current');
    await rotate(world, owner, mac);
    expect((await pollUntilRotation(world, mac))?.type).toBe('RotateFileVaultKey');
  });

  it('comes to a share of the Macs at a time', async () => {
    const macs = await Promise.all(Array.from({ length: 30 }, () => world.mac(owner)));
    for (const mac of macs) await pollUntilRotation(world, mac);
    while ((await replace()) > 0);
    await alterPolicy();
    expect(await replace()).toBe(25);
    expect(await replace()).toBeGreaterThan(0);
    while ((await replace()) > 0);
    for (const mac of macs) await pollUntilRotation(world, mac);
    expect(await replace()).toBe(0);
  });
});

describe('a refused profile', () => {
  it('is tried again with growing waits, and from the start when the Mac says other words', async () => {
    const mac = await world.mac(owner);
    const refuse = async (words: string): Promise<boolean> =>
      (await poll(mac, words, nothing)).includes('InstallProfile');
    expect(await refuse('No')).toBe(true);
    expect(await state(mac)).toBe('refused');
    for (const [waits, words] of [
      [1, 'No'],
      [4, 'No'],
      [24, 'Never'],
      [1, 'Never'],
      [4, 'Never'],
    ] as const) {
      world.clock.advance(waits * hour - 60_000);
      await replace();
      expect(await refuse(words)).toBe(false);
      world.clock.advance(2 * 60_000);
      await replace();
      expect(await refuse(words)).toBe(true);
    }
  });
});

describe('a ProfileList', () => {
  it('without our profile: it is on record once, nothing rotates, and the profile goes out again', async () => {
    const mac = await managedMac();
    await check(mac);
    await poll(mac, null, nothing);
    expect(await state(mac)).toBe('none');
    await check(mac);
    await poll(mac, null, nothing);
    expect(await notes(mac, 'file-vault-profile.missing')).toBe(1);
    while ((await replace()) > 0);
    expect(await state(mac)).toBe('sent');
    expect(await poll(mac, null, (uuid) => profileList(mac, uuid))).toContain('InstallProfile');
    expect(await state(mac)).toBe('acknowledged');
  });

  it('that never shows what the Mac has acknowledged does not make us install in circles', async () => {
    const mac = await managedMac();
    await check(mac);
    let installed = 0;
    for (let times = 0; times < 10; times += 1) {
      const told = await poll(mac, null, nothing);
      installed += told.filter((type) => type === 'InstallProfile').length;
      while ((await replace()) > 0);
    }
    expect(installed).toBe(1);
  });

  it('of a generation that is over changes nothing', async () => {
    const mac = await managedMac();
    await check(mac);
    let list: Told | null = await say(world, mac, { Status: 'Idle' });
    while (list !== null && list.type !== 'ProfileList') {
      list = await say(world, mac, { Status: 'Acknowledged', CommandUUID: list.uuid });
    }
    const next = await world.mac(owner, { udid: mac.udid });
    await pollUntilRotation(world, next);
    const other = {
      PayloadIdentifier: 'org.example.other',
      PayloadContent: [{ PayloadType: 'com.apple.MCX.FileVault2', PayloadIdentifier: 'x' }],
    };
    const late = { Status: 'Acknowledged', CommandUUID: list?.uuid ?? '', ProfileList: [other] };
    await say(world, mac, late, 'ended');
    expect(await state(next)).toBe('acknowledged');
    expect(await notes(mac, 'file-vault-profile.missing')).toBe(0);
    const { rows } = await sql<{ other: string | null }>`
      select other_escrow_profile as other from devices where id = ${next.device}`.execute(world.database);
    expect(rows).toEqual([{ other: null }]);
  });

  it('asked for before the profile went out does not say that it is gone', async () => {
    const mac = await world.mac(owner, { profile: false });
    await transaction(world.database, async (tx) => {
      for (const kind of ['ProfileList', 'InstallProfile'] as const) {
        const id = randomIds.next<'command'>();
        await sql`insert into commands (id, enrollment_id, device_id, kind, intent, state, created_at)
          values (${id}, ${mac.enrollment}, ${mac.device}, ${kind}, '{}', 'queued', now())`.execute(tx);
      }
    });
    const list = await say(world, mac, { Status: 'Idle' });
    // Taken back, and answered all the same once the profile is there.
    await sql`update commands set state = 'cancelled' where id = ${list?.uuid.toLowerCase()}`.execute(
      world.database,
    );
    expect(await poll(mac, null, (uuid) => profileList(mac, uuid))).toContain('InstallProfile');
    await say(world, mac, nothing(list?.uuid ?? ''));
    expect(await state(mac)).toBe('acknowledged');
    expect(await notes(mac, 'file-vault-profile.missing')).toBe(0);
  });
});

it('a policy that was stored before a setting was there is read with its default', async () => {
  const { settings } = await policy();
  await sql`update policies set settings = settings - 'proveEscrowCopies' - 'rotationIntervalDays'`.execute(
    world.database,
  );
  expect((await policy()).settings).toEqual(settings);
});
