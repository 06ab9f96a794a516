import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  attemptState,
  pollUntilRotation,
  rotate,
  rotated,
  say,
  store,
  type Told,
  versionsOf,
} from './answering-mac.fixture.ts';
import { type EscrowWorld, escrowWorld, type Mac, newKey, type Person } from './escrow-world.fixture.ts';

const minute = 60_000;
let world: EscrowWorld;
let owner: Person;
beforeAll(async () => {
  world = await escrowWorld();
});
beforeEach(async () => {
  owner = await world.person('Emma');
});
afterAll(async () => {
  expect(world.faults).toEqual([]);
  await world.close();
});

type Scene = { readonly mac: Mac; readonly key: string; readonly attempt: string; readonly told: Told };
/** A Mac that has just been told to rotate. */
async function rotating(): Promise<Scene> {
  const mac = await world.mac(owner);
  const key = await world.giveKey(mac, 'current');
  await pollUntilRotation(world, mac);
  const attempt = await rotate(world, owner, mac);
  const told = await pollUntilRotation(world, mac, key);
  if (told === null) throw new Error('no rotation came');
  return { mac, key, attempt, told };
}
const notNow = ({ mac }: Scene, { uuid }: Told): Promise<Told | null> =>
  say(world, mac, { Status: 'NotNow', CommandUUID: uuid });

describe('NotNow to a rotation', () => {
  it('ends that command: the next rotation is another', async () => {
    const scene = await rotating();
    await notNow(scene, scene.told);
    expect(await attemptState(world, scene.attempt)).toBe('waiting');
    const again = await pollUntilRotation(world, scene.mac, scene.key);
    expect(again?.password).toBe(scene.key);
    expect(again?.uuid).not.toBe(scene.told.uuid);
  });

  it('said once more, when the next rotation is out, moves nothing', async () => {
    const scene = await rotating();
    await notNow(scene, scene.told);
    const again = await pollUntilRotation(world, scene.mac, scene.key);
    expect(await notNow(scene, scene.told)).toBeNull();
    expect(await attemptState(world, scene.attempt)).toBe('rotating');
    await say(world, scene.mac, await rotated(world, scene.mac, again?.uuid ?? '', newKey()));
    expect(await attemptState(world, scene.attempt)).toBe('saved');
  });

  it('and an error to it all the same say nothing of the rotation that took its place', async () => {
    const scene = await rotating();
    await notNow(scene, scene.told);
    await pollUntilRotation(world, scene.mac, scene.key);
    await say(world, scene.mac, { Status: 'Error', CommandUUID: scene.told.uuid });
    expect(await attemptState(world, scene.attempt)).toBe('rotating');
  });

  it('and a new key in answer to it all the same: the key is saved', async () => {
    const scene = await rotating();
    await notNow(scene, scene.told);
    const made = newKey();
    await say(world, scene.mac, await rotated(world, scene.mac, scene.told.uuid, made));
    expect(await attemptState(world, scene.attempt)).toBe('saved');
    expect((await versionsOf(world, scene.mac)).filter(({ state }) => state === 'current')).toMatchObject([
      { version: 2, source: 'rotation' },
    ]);
  });
});

describe('a Mac that takes a rotation again and again and says nothing', () => {
  it('gets it four times, then its owner is told', async () => {
    const { mac, attempt, key, told } = await rotating();
    const commands = [told.uuid];
    for (let times = 0; times < 20; times += 1) {
      world.clock.advance(minute);
      const next = await pollUntilRotation(world, mac, key);
      if (next !== null) commands.push(next.uuid);
    }
    expect(commands).toHaveLength(4);
    expect(new Set(commands).size).toBe(1);
    expect(await attemptState(world, attempt)).toBe('stuck');
    const { rows } = await sql<{ kind: string }>`
      select kind from notices where device_id = ${mac.device}`.execute(world.database);
    expect(rows).toEqual([{ kind: 'attempt-needs-attention' }]);
  });
});

describe('a rotation that waits', () => {
  it('goes out with the key that the Mac’s escrow copy has just told', async () => {
    const mac = await world.mac(owner);
    await world.giveKey(mac, 'current');
    await pollUntilRotation(world, mac);
    await rotate(world, owner, mac);
    const changed = newKey();
    expect((await pollUntilRotation(world, mac, changed))?.password).toBe(changed);
  });

  it('does not go back to a copy from before the key that the Mac handed over itself', async () => {
    const mac = await world.mac(owner);
    const stale = await world.giveKey(mac, 'superseded');
    const current = await world.giveKey(mac, 'current');
    await pollUntilRotation(world, mac);
    await rotate(world, owner, mac);
    expect((await pollUntilRotation(world, mac, stale))?.password).toBe(current);
  });

  it('of a store goes out with the key that was typed, whatever the escrow copy says', async () => {
    const mac = await world.mac(owner);
    await pollUntilRotation(world, mac);
    const typed = newKey();
    await store(world, owner, mac, typed);
    expect((await pollUntilRotation(world, mac, newKey()))?.password).toBe(typed);
  });
});
