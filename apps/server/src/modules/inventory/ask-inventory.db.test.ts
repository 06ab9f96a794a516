import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { randomIds } from '../../kernel/id.ts';
import { transaction } from '../../platform/db/database.ts';
import { pollUntilRotation, say } from '../escrow/answering-mac.fixture.ts';
import { type EscrowWorld, escrowWorld, type Mac, type Person } from '../escrow/escrow-world.fixture.ts';
import { askInventory } from './ask-inventory.job.ts';
import { followUpOnProfile, scheduleDaily, untilNextDay } from './inventory.ts';

const minute = 60_000;
const day = 24 * 60 * minute;
let world: EscrowWorld;
let owner: Person;
beforeAll(async () => {
  world = await escrowWorld();
});
beforeEach(async () => {
  // The clock goes on, and sessions end.
  owner = await world.person('Emma');
  await sql`delete from inventory_schedule`.execute(world.database);
});
afterAll(async () => {
  expect(world.faults).toEqual([]);
  await world.close();
});

const ask = (): Promise<number> =>
  askInventory({
    database: world.database,
    wake: world.escrow.wake,
    clock: world.clock,
    ids: randomIds,
    chance: () => 0.5,
  });
const waiting = async (mac: Mac): Promise<readonly string[]> => {
  const { rows } = await sql<{ kind: string }>`select kind from commands
    where enrollment_id = ${mac.enrollment} and state in ('queued', 'delivered', 'not-now')
    order by kind`.execute(world.database);
  return rows.map(({ kind }) => kind);
};
const quietMac = (): Promise<Mac> => world.mac(owner, { profile: false });
const daily = (mac: Mac): Promise<void> =>
  transaction(world.database, (tx) => scheduleDaily(tx, mac.enrollment, world.clock.now(), 0.5));

describe('the daily questions', () => {
  it('come a day after, and a day after that', async () => {
    const mac = await quietMac();
    await daily(mac);
    expect(await ask()).toBe(0);
    for (let days = 0; days < 2; days += 1) {
      world.clock.advance(day);
      expect(await ask()).toBe(1);
      expect(await ask()).toBe(0);
      expect(await waiting(mac)).toEqual(['DeviceInformation', 'ProfileList', 'SecurityInfo']);
      await pollUntilRotation(world, mac);
      expect(await waiting(mac)).toEqual([]);
    }
  });

  it('do not pile up while the Mac sleeps', async () => {
    const mac = await quietMac();
    await daily(mac);
    for (let days = 0; days < 5; days += 1) {
      world.clock.advance(1.1 * day);
      await ask();
    }
    expect(await waiting(mac)).toHaveLength(3);
  });

  it('are asked once, however many processes ask', async () => {
    const macs = await Promise.all(Array.from({ length: 5 }, quietMac));
    for (const mac of macs) await daily(mac);
    world.clock.advance(1.1 * day);
    const asked = await Promise.all([ask(), ask(), ask()]);
    expect(asked.reduce((sum, count) => sum + count)).toBe(5);
  });

  it('are not asked of a Mac that has left or was removed, nor for an earlier generation', async () => {
    const [left, removed, earlier] = [await quietMac(), await quietMac(), await quietMac()];
    for (const mac of [left, removed, earlier]) await daily(mac);
    await sql`update enrollments set state = 'ended' where id = ${left.enrollment}`.execute(world.database);
    await sql`update devices set removed_at = now() where id = ${removed.device}`.execute(world.database);
    await world.mac(owner, { udid: earlier.udid, profile: false });
    world.clock.advance(1.1 * day);
    await ask();
    for (const mac of [left, removed, earlier]) expect(await waiting(mac)).toEqual([]);
    const { rows } = await sql`select from inventory_schedule`.execute(world.database);
    expect(rows).toEqual([]);
  });

  it('of a fleet do not come in one wave', () => {
    expect(untilNextDay(0)).toBe(0.9 * day);
    expect(untilNextDay(0.999)).toBeLessThan(1.1 * day);
  });
});

it('after a Mac has taken the profile it is asked for its escrow copy after 2, 10 and 60 minutes', async () => {
  const mac = await quietMac();
  await transaction(world.database, (tx) => followUpOnProfile(tx, mac.enrollment, world.clock.now()));
  for (const [wait, asked] of [
    [1, 0],
    [1.1, 1],
    [7, 0],
    [1, 1],
    [49, 0],
    [1, 1],
    [200, 0],
  ] as const) {
    world.clock.advance(wait * minute);
    expect(await ask()).toBe(asked);
    expect(await waiting(mac)).toEqual(asked === 1 ? ['SecurityInfo'] : []);
    await pollUntilRotation(world, mac);
  }
});

it('the profile itself sets these questions off', async () => {
  const mac = await world.mac(owner);
  const install = await say(world, mac, { Status: 'Idle' });
  await say(world, mac, { Status: 'Acknowledged', CommandUUID: install?.uuid ?? '' });
  const { rows } = await sql<{ reason: string }>`select reason from inventory_schedule
    where enrollment_id = ${mac.enrollment} order by due_at`.execute(world.database);
  expect(rows.map(({ reason }) => reason)).toEqual(['profile-2', 'profile-10', 'profile-60']);
});
