import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  askHowItIs,
  makeOwnership,
  pollUntilRotation,
  reveal,
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
let admin: Person;
beforeAll(async () => {
  world = await escrowWorld();
  owner = await world.person('Owner');
  admin = await world.person('Admin', 'administrator');
});
afterAll(() => world.close());

/** The Mac is told to rotate and hands back this key. */
async function rotateTo(mac: Mac, key: string): Promise<void> {
  const told = await pollUntilRotation(world, mac);
  if (told?.type !== 'RotateFileVaultKey') throw new Error('no rotation came');
  world.clock.advance(10);
  await say(world, mac, await rotated(world, mac, told.uuid, key));
}

describe('IT and a Mac that was or becomes personal', () => {
  let mac: Mac;
  beforeEach(async () => {
    mac = await world.mac(owner, { ownership: 'personal' });
    await world.giveKey(mac, 'current');
    await pollUntilRotation(world, mac);
    world.clock.advance(10);
  });

  it('two switches around an attempt open nothing that the Mac made while personal', async () => {
    await makeOwnership(world, admin, mac, 'corporate');
    world.clock.advance(10);
    await rotate(world, admin, mac);
    world.clock.advance(10);
    await makeOwnership(world, admin, mac, 'personal');
    await rotateTo(mac, newKey());
    world.clock.advance(10);
    await makeOwnership(world, admin, mac, 'corporate');
    for (const { version } of await versionsOf(world, mac)) {
      expect(await reveal(world, admin, mac, version)).toBe('personal-device');
    }
  });

  it('an attempt from before a switch opens nothing after it', async () => {
    await rotate(world, admin, mac);
    world.clock.advance(10);
    await makeOwnership(world, admin, mac, 'corporate');
    await rotateTo(mac, newKey());
    for (const { version } of await versionsOf(world, mac)) {
      expect(await reveal(world, admin, mac, version)).toBe('personal-device');
    }
  });

  it('a key typed after a switch may be from before, and stays closed', async () => {
    await makeOwnership(world, admin, mac, 'corporate');
    world.clock.advance(10);
    const typed = newKey();
    await store(world, owner, mac, typed);
    const [candidate] = await versionsOf(world, mac);
    expect(candidate).toMatchObject({ state: 'candidate', ownershipClass: 'personal' });
    expect(await reveal(world, admin, mac, candidate?.version ?? 0)).toBe('personal-device');
  });

  it('an escrow copy that was asked for before a switch stays closed, however late it comes', async () => {
    await askHowItIs(world, owner, mac);
    const first = await say(world, mac, { Status: 'Idle' });
    const asked = await say(world, mac, { Status: 'Acknowledged', CommandUUID: first?.uuid ?? '' });
    expect(asked?.type).toBe('SecurityInfo');
    const before = newKey();
    const late = await securityInfo(world, mac, asked?.uuid ?? '', before);
    world.clock.advance(10);
    await makeOwnership(world, admin, mac, 'corporate');
    world.clock.advance(10);
    await rotate(world, admin, mac);
    await rotateTo(mac, newKey());
    await say(world, mac, late);
    const [kept] = await versionsOf(world, mac);
    expect(kept).toMatchObject({ source: 'escrow-copy', ownershipClass: 'personal' });
    expect(await reveal(world, admin, mac, kept?.version ?? 0)).toBe('personal-device');
  });

  it('a key that the Mac makes after a switch is open to IT, and so is what is typed from then on', async () => {
    await makeOwnership(world, admin, mac, 'corporate');
    world.clock.advance(10);
    await store(world, owner, mac, newKey());
    const made = newKey();
    await rotateTo(mac, made);
    expect(await reveal(world, admin, mac)).toBe(made);
    world.clock.advance(10);
    const typed = newKey();
    await store(world, owner, mac, typed);
    const [candidate] = await versionsOf(world, mac);
    expect(await reveal(world, admin, mac, candidate?.version ?? 0)).toBe(typed);
  });
});
