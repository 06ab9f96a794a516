import type { PlistDict } from '@keyhaven/apple-mdm/plist/value';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runVerb } from '../../kernel/verb.ts';
import { checkStatus } from '../commands/check-status.ts';
import type { Answered } from '../commands/commands.ts';
import { say, type Told } from '../escrow/answering-mac.fixture.ts';
import { type EscrowWorld, escrowWorld, type Mac, type Person } from '../escrow/escrow-world.fixture.ts';
import { deviceInformationHandler } from './on-device-information.ts';

let world: EscrowWorld;
let owner: Person;
beforeAll(async () => {
  world = await escrowWorld();
  owner = await world.person('Emma');
});
afterAll(async () => {
  expect(world.faults).toEqual([]);
  await world.close();
});

/** Checks the status, and has the Mac say this; what else it is asked, it acknowledges. */
async function report(mac: Mac, said: Readonly<Record<string, PlistDict>>): Promise<void> {
  const check = checkStatus(world.escrow.wake);
  await runVerb(world.runner, world.escrow, check, await owner.actor(), { device: mac.device });
  for (let told: Told | null = await say(world, mac, { Status: 'Idle' }); told !== null; ) {
    const answer = { Status: 'Acknowledged', CommandUUID: told.uuid, ...said[told.type] };
    told = await say(world, mac, answer);
  }
}
const rowOf = async (mac: Mac): Promise<Readonly<Record<string, unknown>>> => {
  const { rows } = await sql<Readonly<Record<string, unknown>>>`
    select name, host_name, is_supervised, is_apple_silicon, user_approved, user_enrollment, encryption_enabled
    from devices where id = ${mac.device}`.execute(world.database);
  return rows[0] ?? {};
};
const count = async (mac: Mac, action: string): Promise<number> => {
  const { rows } = await sql<{ count: number }>`select count(*) as count from audit_notes
    where device_id = ${mac.device} and action = ${action}`.execute(world.database);
  return rows[0]?.count ?? 0;
};
const told = (QueryResponses: PlistDict): Readonly<Record<string, PlistDict>> => ({
  DeviceInformation: { QueryResponses },
});
const security = (SecurityInfo: PlistDict): Readonly<Record<string, PlistDict>> => ({
  SecurityInfo: { SecurityInfo },
});

describe('what a Mac tells of itself', () => {
  it('is kept, and what it leaves out the next time stays', async () => {
    const mac = await world.mac(owner, { name: 'Old name', profile: false });
    const facts = {
      DeviceName: 'New name',
      HostName: 'new.local',
      IsSupervised: true,
      IsAppleSilicon: false,
    };
    await report(mac, told(facts));
    await report(mac, told({}));
    const management = { UserApprovedEnrollment: false, IsUserEnrollment: true };
    await report(mac, security({ FDE_Enabled: true, ManagementStatus: management }));
    await report(mac, security({ FDE_Enabled: true }));
    expect(await rowOf(mac)).toEqual({
      name: 'New name',
      host_name: 'new.local',
      is_supervised: true,
      is_apple_silicon: false,
      user_approved: false,
      user_enrollment: true,
      encryption_enabled: true,
    });
  });

  it('is not taken for this Mac when its UDID or serial number is another', async () => {
    const mac = await world.mac(owner, { name: 'Itself', serialNumber: 'C02ITSELF', profile: false });
    for (const other of [{ SerialNumber: 'C02OTHER' }, { UDID: 'OTHER' }]) {
      await report(mac, told({ ...other, DeviceName: 'Impostor' }));
    }
    expect(await rowOf(mac)).toMatchObject({ name: 'Itself' });
    await report(mac, told({ SerialNumber: 'C02ITSELF', UDID: mac.udid, DeviceName: 'Renamed' }));
    expect(await rowOf(mac)).toMatchObject({ name: 'Renamed' });
  });

  it('that is of another Mac is told to whom it concerns, in the same transaction', async () => {
    const mac = await world.mac(owner, { serialNumber: 'C02MINE', profile: false });
    const heard: string[] = [];
    const handler = deviceInformationHandler(world.database, async (_tx, { device, what }) => {
      heard.push(`${device.id} ${what}`);
    });
    for (const responses of [{ SerialNumber: 'C02OTHER' }, { UDID: 'OTHER' }, { UDID: mac.udid }]) {
      const answer = { status: 'Acknowledged', result: { QueryResponses: responses }, errorChain: [] };
      // Safe because the handler reads nothing else of an answer.
      await handler.onAnswer?.({
        answer,
        device: mac.device,
        enrollment: mac.enrollment,
      } as unknown as Answered);
    }
    expect(heard).toEqual([`${mac.device} serial-number`, `${mac.device} udid`]);
  });
});

describe('FileVault that is off', () => {
  it('after on is on record once a change, and never for a Mac that was not on', async () => {
    const mac = await world.mac(owner, { encrypted: null, profile: false });
    const become = (enabled: boolean): Promise<void> => report(mac, security({ FDE_Enabled: enabled }));
    for (const enabled of [false, true, true, false, false, true, false]) await become(enabled);
    expect(await count(mac, 'file-vault.turned-off')).toBe(2);
  });

  it('is not concluded from an answer that does not say', async () => {
    const mac = await world.mac(owner, { profile: false });
    await report(mac, security({}));
    expect(await count(mac, 'file-vault.turned-off')).toBe(0);
  });
});
