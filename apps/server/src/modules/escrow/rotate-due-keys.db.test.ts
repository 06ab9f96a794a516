import type { PolicySettings } from '@keyhaven/api-contract/policy';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { effectivePolicy } from '../policy/policy.ts';
import { reveal } from './answering-mac.fixture.ts';
import { escrowQuestions } from './escrow-questions.fixture.ts';
import { type EscrowWorld, escrowWorld, newKey, type Person } from './escrow-world.fixture.ts';
import { PaperMac } from './paper-mac.fixture.ts';
import { rotateDueKeys } from './rotate-due-keys.job.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
let world: EscrowWorld;
let ask: ReturnType<typeof escrowQuestions>;
let owner: Person;
beforeAll(async () => {
  world = await escrowWorld();
  ask = escrowQuestions(world);
});
afterAll(async () => {
  expect(world.faults).toEqual([]);
  await world.close();
});
beforeEach(async () => {
  // Each test has its own fleet, and an hour of its own.
  await sql`update devices set removed_at = now()`.execute(world.database);
  world.clock.advance(2 * hour);
  owner = await world.person('Emma');
  await policy({ proveEscrowCopies: false, rotationIntervalDays: null, rotateAfterRevealMinutes: null });
});

async function policy(change: Partial<PolicySettings>): Promise<void> {
  const { settings } = await effectivePolicy(world.database);
  const changed = JSON.stringify({ ...settings, ...change });
  await sql`update policies set settings = ${changed}`.execute(world.database);
}
const run = (): Promise<number> => rotateDueKeys(world.escrow);
/** A Mac with its profile, and a current key. */
async function keptMac(): Promise<PaperMac> {
  const mac = await world.mac(owner);
  const paper = new PaperMac(world, mac, await world.giveKey(mac, 'current'));
  await paper.poll();
  return paper;
}
/** A Mac that has handed in a key by its escrow copy. */
async function unprovenMac(): Promise<PaperMac> {
  const paper = await keptMac();
  paper.key = newKey();
  paper.copy = paper.key;
  await tell(paper);
  return paper;
}
/** Has it say how it is. */
async function tell(paper: PaperMac): Promise<void> {
  await sql`insert into commands (id, enrollment_id, device_id, kind, intent, state, created_at)
    values (gen_random_uuid(), ${paper.mac.enrollment}, ${paper.mac.device}, 'SecurityInfo', '{}', 'queued',
      now())`.execute(world.database);
  await paper.poll();
}
const attempts = async ({ mac }: PaperMac): Promise<readonly string[]> => {
  const { rows } = await sql<{ said: string }>`select started_by_name || ' ' || state as said from attempts
    where device_id = ${mac.device} order by started_at`.execute(world.database);
  return rows.map(({ said }) => said);
};

describe('a key from the escrow copy', () => {
  it('is proved by a rotation where the policy wants it, and only there', async () => {
    const paper = await unprovenMac();
    expect(await run()).toBe(0);
    await policy({ proveEscrowCopies: true });
    expect(await run()).toBe(1);
    await paper.poll();
    expect(await attempts(paper)).toEqual(['policy saved']);
    expect(paper.toldKeys).toHaveLength(1);
    expect((await ask.versions(paper.mac))[0]).toBe('3 current');
    expect(await run()).toBe(0);
  });

  it('that the Mac refuses is tried again with growing waits, and with no other loop', async () => {
    await policy({ proveEscrowCopies: true });
    const paper = await unprovenMac();
    // The copy says what opens nothing.
    paper.key = newKey();
    expect(await run()).toBe(1);
    await paper.poll();
    for (const hours of [1, 6, 24, 72, 168, 168]) {
      world.clock.advance(hours * hour - minute);
      expect(await run()).toBe(0);
      world.clock.advance(2 * minute);
      expect(await run()).toBe(1);
      await paper.poll();
    }
    expect(new Set(await attempts(paper))).toEqual(new Set(['policy failed']));
  });

  it('of a Mac whose copy never says what it answered is not proved in circles', async () => {
    await policy({ proveEscrowCopies: true });
    const paper = await unprovenMac();
    let begun = 0;
    for (let times = 0; times < 10; times += 1) {
      begun += await run();
      await paper.poll();
      paper.copy = newKey();
      await tell(paper);
      world.clock.advance(30 * minute);
    }
    expect(begun).toBe(1);
  });
});

describe('an old key', () => {
  it('is rotated when it is older than the policy allows, by the hour a share of the fleet', async () => {
    const macs: PaperMac[] = [];
    for (let count = 0; count < 24; count += 1) macs.push(await keptMac());
    world.clock.advance(31 * day);
    await policy({ rotationIntervalDays: 30 });
    const begun: number[] = [];
    for (let times = 0; times < 6; times += 1) {
      begun.push(await run());
      world.clock.advance(minute);
    }
    expect(begun).toEqual([5, 5, 5, 5, 0, 0]);
    world.clock.advance(hour);
    expect(await run()).toBe(4);
    for (const paper of macs) await paper.poll();
    for (const paper of macs) expect(await attempts(paper)).toEqual(['policy saved']);
    world.clock.advance(29 * day);
    expect(await run()).toBe(0);
  });

  it('is begun once, however many processes look', async () => {
    const paper = await keptMac();
    world.clock.advance(31 * day);
    await policy({ rotationIntervalDays: 30 });
    const begun = await Promise.all([run(), run(), run()]);
    expect(begun.reduce((sum, count) => sum + count)).toBe(1);
    expect(await attempts(paper)).toEqual(['policy waiting']);
  });

  it('waits while somebody else’s attempt is under way', async () => {
    const paper = await keptMac();
    world.clock.advance(31 * day);
    owner = await world.person('Noah');
    await policy({ rotationIntervalDays: 30 });
    await sql`update devices set owner_id = ${(await owner.actor()).person} where id = ${paper.mac.device}`.execute(
      world.database,
    );
    expect((await ask.rotate(owner, paper.mac)).ok).toBe(true);
    expect(await run()).toBe(0);
    expect(await attempts(paper)).toEqual(['Noah waiting']);
  });

  it('of a Mac without the profile is left alone, and that is on record', async () => {
    const mac = await world.mac(owner, { profile: false });
    await world.giveKey(mac, 'current');
    world.clock.advance(31 * day);
    await policy({ rotationIntervalDays: 30 });
    expect(await run()).toBe(0);
    expect(await ask.notes(mac)).toEqual(['recovery-key.rotation-refused']);
  });
});

describe('a key that somebody has seen', () => {
  it('is rotated after the time that the policy says', async () => {
    await policy({ rotateAfterRevealMinutes: 30 });
    const paper = await keptMac();
    expect(await reveal(world, owner, paper.mac)).toBe(paper.key);
    world.clock.advance(29 * minute);
    expect(await run()).toBe(0);
    world.clock.advance(2 * minute);
    expect(await run()).toBe(1);
    await paper.poll();
    expect(await attempts(paper)).toEqual(['policy saved']);
    world.clock.advance(day);
    expect(await run()).toBe(0);
  });

  it('is not when the policy does not say so, or the key opens nothing any more', async () => {
    const paper = await keptMac();
    expect(await reveal(world, owner, paper.mac)).toBe(paper.key);
    await policy({ rotateAfterRevealMinutes: 30 });
    await ask.rotate(owner, paper.mac);
    await paper.poll();
    expect(await reveal(world, owner, paper.mac, 1)).not.toBe(paper.key);
    world.clock.advance(day);
    expect(await run()).toBe(0);
  });

  it('is not any more when it was rotated in between, nor when the policy has changed its mind', async () => {
    await policy({ rotateAfterRevealMinutes: 30 });
    const [rotated, forgiven] = [await keptMac(), await keptMac()];
    for (const { mac } of [rotated, forgiven]) await reveal(world, owner, mac);
    await ask.rotate(owner, rotated.mac);
    await rotated.poll();
    await policy({ rotateAfterRevealMinutes: null });
    await run();
    await policy({ rotateAfterRevealMinutes: 30 });
    world.clock.advance(hour);
    expect(await run()).toBe(0);
  });
});
