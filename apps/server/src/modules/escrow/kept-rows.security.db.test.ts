import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { pollUntilRotation, reveal, rotate, rotated, say } from './answering-mac.fixture.ts';
import { type EscrowWorld, escrowWorld, newKey } from './escrow-world.fixture.ts';

let world: EscrowWorld;
beforeAll(async () => {
  world = await escrowWorld();
  const owner = await world.person('Owner');
  const mac = await world.mac(owner);
  await world.giveKey(mac, 'current');
  await pollUntilRotation(world, mac);
  await rotate(world, owner, mac);
  const told = await pollUntilRotation(world, mac);
  await say(world, mac, await rotated(world, mac, told?.uuid ?? '', newKey()));
  await reveal(world, owner, mac);
});
afterAll(() => world.close());

it.each([
  ["update device_answers set sealed = '\\x00'", 'kept as it came'],
  ["update device_answers set ownership_class = 'corporate'", 'kept as it came'],
  ['delete from device_answers', 'never deleted'],
  ['truncate device_answers cascade', 'never emptied'],
  ['update key_releases set released_at = null', 'used once'],
  ['update key_releases set released_at = now()', 'used once'],
  ['delete from key_releases', 'never deleted'],
  ['truncate key_releases', 'never emptied'],
  ["update escrow_keys set certificate_der = '\\x00'", 'keeps what it belongs to'],
  ['delete from escrow_keys', 'never emptied'],
  ['truncate escrow_keys cascade', 'never emptied'],
])('the database refuses: %s', async (statement, why) => {
  await expect(sql.raw(statement).execute(world.database)).rejects.toThrow(why);
});
