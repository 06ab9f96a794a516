import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkOut } from '../devices/token-update.ts';
import {
  attemptState,
  pollUntilRotation,
  rotate,
  rotated,
  say,
  securityInfo,
  store,
  versionsOf,
} from './answering-mac.fixture.ts';
import { type EscrowWorld, escrowWorld, type Mac, newKey, type Person } from './escrow-world.fixture.ts';

let world: EscrowWorld;
let owner: Person;
beforeAll(async () => {
  world = await escrowWorld();
  owner = await world.person('Owner');
});
afterAll(() => world.close());

/** A Mac with a current key, in the middle of a rotation; then somebody enrolls the same UDID for the same owner. */
async function rotatingThenReEnrolled(): Promise<{ before: Mac; after: Mac; rotation: string }> {
  const before = await world.mac(owner);
  await world.giveKey(before, 'current');
  await pollUntilRotation(world, before);
  await rotate(world, owner, before);
  const told = await pollUntilRotation(world, before);
  if (told?.type !== 'RotateFileVaultKey') throw new Error('no rotation came');
  const after = await world.mac(owner, { udid: before.udid });
  expect(after.device).toBe(before.device);
  return { before, after, rotation: told.uuid };
}

describe('a generation that is over', () => {
  it('brings its late key home, and confirms it for itself alone', async () => {
    const { before, after, rotation } = await rotatingThenReEnrolled();
    const key = newKey();
    await say(world, before, await rotated(world, before, rotation, key), 'ended');
    const [newest] = await versionsOf(world, after);
    expect(newest?.state).toBe('current');
    expect(newest?.confirmedEnrollment).toBe(before.enrollment);
  });

  it('never has the next generation told a key that only the earlier one knew', async () => {
    const { before, after, rotation } = await rotatingThenReEnrolled();
    await say(world, before, await rotated(world, before, rotation, newKey()), 'ended');
    await rotate(world, owner, after);
    expect((await pollUntilRotation(world, after))?.password ?? null).toBeNull();
  });

  it('keeps its escrow copy, which neither counts as the newest key nor is confirmed', async () => {
    const before = await world.mac(owner);
    await world.giveKey(before, 'current');
    await pollUntilRotation(world, before);
    await askHowItIs(before);
    const told = await say(world, before, { Status: 'Idle' });
    const after = await world.mac(owner, { udid: before.udid });
    await say(world, before, await securityInfo(world, before, told?.uuid ?? '', newKey()), 'ended');
    const [newest] = await versionsOf(world, after);
    expect(newest).toMatchObject({ source: 'escrow-copy', state: 'superseded', confirmedEnrollment: null });
  });

  it('does not check the next one out', async () => {
    const before = await world.mac(owner);
    const after = await world.mac(owner, { udid: before.udid });
    await pollUntilRotation(world, after);
    const attempt = await store(world, owner, after, newKey());
    const channel = { kind: 'device', udid: before.udid } as const;
    const message = { type: 'CheckOut', channel, topic: 'com.apple.mgmt.External.test' } as const;
    const heard = await checkOut(world.runner, world.reactions, await world.known(before), message);
    expect(heard.ok).toBe(true);
    expect(await attemptState(world, attempt)).toBe('waiting');
    expect((await world.known(after)).state).toBe('active');
  });
});

describe('an escrow copy', () => {
  it('from before the current key was heard does not become the key to unlock with', async () => {
    const mac = await world.mac(owner);
    await pollUntilRotation(world, mac);
    await askHowItIs(mac);
    const told = await say(world, mac, { Status: 'Idle' });
    const stale = await securityInfo(world, mac, told?.uuid ?? '', newKey());
    // The Mac makes a new key meanwhile, and its word of before comes in late.
    world.clock.advance(60_000);
    const current = await world.giveKey(mac, 'current');
    await say(world, mac, stale);
    const [newest] = await versionsOf(world, mac);
    expect(newest?.state).toBe('superseded');
    await rotate(world, owner, mac);
    expect((await pollUntilRotation(world, mac))?.password).toBe(current);
  });
});

async function askHowItIs(mac: Mac): Promise<void> {
  await sql`insert into commands (id, enrollment_id, device_id, kind, intent, state, created_at)
    values (gen_random_uuid(), ${mac.enrollment}, ${mac.device}, 'SecurityInfo', '{}', 'queued', now())`.execute(
    world.database,
  );
}
