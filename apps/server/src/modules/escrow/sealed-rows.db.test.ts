import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { escrowQuestions } from './escrow-questions.fixture.ts';
import { type EscrowWorld, escrowWorld, type Mac, type Person } from './escrow-world.fixture.ts';

let world: EscrowWorld;
let ask: ReturnType<typeof escrowQuestions>;
let emma: Person;
beforeAll(async () => {
  world = await escrowWorld();
  ask = escrowQuestions(world);
  emma = await world.person('Emma');
});
afterAll(async () => await world.close());

describe('a sealed key', () => {
  it('that was moved to another Mac, another version or another class does not open', async () => {
    const [mine, other] = [await world.mac(emma), await world.mac(emma, { ownership: 'corporate' })];
    for (const mac of [mine, other])
      for (const state of ['superseded', 'current'] as const) await world.giveKey(mac, state);
    await sql`alter table key_versions disable trigger keep_key_version`.execute(world.database);
    const swap = (mac: Mac, version: number, from: Mac, fromVersion: number) =>
      sql`update key_versions v set sealed = f.sealed from key_versions f
        where v.device_id = ${mac.device} and v.version = ${version}
          and f.device_id = ${from.device} and f.version = ${fromVersion}`.execute(world.database);
    await swap(mine, 2, other, 2);
    await swap(mine, 1, mine, 2);
    await expect(ask.reveal(emma, mine, null, 1)).rejects.toThrow();
    await expect(ask.reveal(emma, mine, null, 2)).rejects.toThrow();
    await sql`update key_versions set ownership_class = 'personal' where device_id = ${other.device}`.execute(
      world.database,
    );
    await expect(ask.reveal(emma, other)).rejects.toThrow();
    await sql`update key_versions set device_id = ${mine.device}, version = 9, state = 'superseded',
        ownership_class = 'corporate' where device_id = ${other.device} and version = 1`.execute(
      world.database,
    );
    await expect(ask.reveal(emma, mine, null, 9)).rejects.toThrow();
    await sql`alter table key_versions enable trigger keep_key_version`.execute(world.database);
  });

  it('4.4-4 keeps its bytes and its belonging, and its state never goes back', async () => {
    const mac = await world.mac(emma);
    await world.giveKey(mac, 'superseded');
    for (const change of [
      sql`sealed = '\\x00'`,
      sql`ownership_class = 'corporate'`,
      sql`state = 'current'`,
      sql`version = 7`,
      sql`device_id = ${(await world.mac(emma)).device}`,
    ])
      await expect(
        sql`update key_versions set ${change} where device_id = ${mac.device}`.execute(world.database),
      ).rejects.toThrow('a key version');
    await expect(
      sql`delete from key_versions where device_id = ${mac.device}`.execute(world.database),
    ).rejects.toThrow('never deleted');
    await expect(sql`truncate key_versions cascade`.execute(world.database)).rejects.toThrow('never emptied');
  });
});
