import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AttemptId } from '../../kernel/id.ts';
import type { Refusal } from '../../kernel/refusal.ts';
import type { Result } from '../../kernel/result.ts';
import { escrowQuestions } from './escrow-questions.fixture.ts';
import { type EscrowWorld, escrowWorld, newKey, type Person } from './escrow-world.fixture.ts';
import { PaperMac } from './paper-mac.fixture.ts';

let world: EscrowWorld;
let ask: ReturnType<typeof escrowQuestions>;
let emma: Person;
let hugo: Person;
beforeAll(async () => {
  world = await escrowWorld();
  ask = escrowQuestions(world);
  emma = await world.person('Emma');
  hugo = await world.person('Hugo', 'help-desk');
});
afterAll(async () => {
  expect(world.faults).toEqual([]);
  await world.close();
});

const begun = (result: Result<AttemptId, Refusal>): AttemptId => {
  if (!result.ok) throw new Error(result.refusal.kind);
  return result.value;
};
const why = (result: Result<AttemptId, Refusal>): string | null => (result.ok ? null : result.refusal.kind);

async function macWithStoredKey(): Promise<PaperMac> {
  const mac = await world.mac(emma);
  const paper = new PaperMac(world, mac);
  begun(await ask.store(emma, mac, paper.key));
  await paper.poll();
  return paper;
}

describe('a rotation', () => {
  it('by the owner or by IT, who does not see it, makes a new key and keeps the old one', async () => {
    const paper = await macWithStoredKey();
    const { mac } = paper;
    const before = paper.key;
    const id = begun(await ask.rotate(hugo, mac, 'Locked out'));
    expect(await ask.attempt(mac, id)).toMatchObject({
      kind: 'rotate',
      state: 'waiting',
      startedByName: 'Hugo',
    });
    await paper.poll();
    expect(await ask.attempt(mac, id)).toMatchObject({ state: 'saved' });
    expect(paper.toldKeys.at(-1)).toBe(before);
    expect(await ask.versions(mac)).toEqual(['3 current', '2 superseded', '1 superseded']);
    expect(await ask.reveal(emma, mac)).toBe(paper.key);
    expect(await ask.reveal(emma, mac, null, 2)).toBe(before);
    expect(await ask.reveal(hugo, mac, 'Locked out')).toBe('personal-device');
  });

  it('4.5-7 wants a key that could unlock the disk, a live Mac, and no attempt under way', async () => {
    const mac = await world.mac(emma);
    expect(why(await ask.rotate(emma, mac))).toBe('no-recovery-key');
    await world.giveKey(mac, 'superseded');
    expect(why(await ask.rotate(emma, mac))).toBe('no-recovery-key');
    await world.giveKey(mac, 'current');
    begun(await ask.rotate(emma, mac));
    expect(why(await ask.rotate(emma, mac))).toBe('attempt-in-progress');
    expect(why(await ask.rotate(await world.person('Noah'), mac))).toBe('not-found');
    expect(why(await ask.rotate(await world.person('Rita', 'auditor'), mac))).toBe('forbidden');
  });

  it('4.5-6 asked twice at the same time is begun once', async () => {
    for (let round = 0; round < 10; round += 1) {
      const mac = await world.mac(emma);
      await world.giveKey(mac, 'current');
      const answers = await Promise.all([
        ask.rotate(emma, mac),
        ask.rotate(hugo, mac),
        ask.rotate(emma, mac),
      ]);
      expect(answers.map((answer) => why(answer) ?? 'begun').toSorted()).toEqual([
        'attempt-in-progress',
        'attempt-in-progress',
        'begun',
      ]);
    }
  });

  it('4.5-4 refused by the Mac keeps the stored key: only what was typed is wiped', async () => {
    const paper = await macWithStoredKey();
    const { mac } = paper;
    const stored = paper.key;
    paper.key = newKey();
    const id = begun(await ask.rotate(emma, mac));
    await paper.poll();
    expect(await ask.attempt(mac, id)).toMatchObject({ state: 'failed', reason: 'wrong-key' });
    expect(await ask.versions(mac)).toEqual(['2 current', '1 superseded']);
    expect(await ask.reveal(emma, mac)).toBe(stored);
  });

  it('3.6-4 goes out only to the generation that has shown that it knows the key', async () => {
    const paper = await macWithStoredKey();
    const { mac } = paper;
    const again = await world.mac(emma, { udid: mac.udid });
    expect(again.device).toBe(mac.device);
    const erased = new PaperMac(world, again);
    const id = begun(await ask.rotate(emma, again));
    await erased.poll();
    expect(erased.toldKeys).toEqual([]);
    expect(await ask.attempt(again, id)).toMatchObject({ state: 'failed', reason: 're-enrolled' });
    expect(await ask.reveal(emma, again)).toBe(paper.key);
  });

  it('is released to the Mac once for every delivery, each with its note', async () => {
    const paper = await macWithStoredKey();
    const { mac } = paper;
    const before = await ask.notes(mac);
    begun(await ask.rotate(emma, mac));
    await paper.poll();
    expect((await ask.notes(mac)).slice(before.length)).toEqual([
      'recovery-key.rotation-asked',
      'recovery-key.sent-to-mac',
      'recovery-key.saved',
    ]);
    expect(await ask.releases(mac)).toEqual({ granted: 2, used: 2 });
  });
});

describe('what leaves no trace', () => {
  it('4.5-1 a typed key, a stored key and a new key stand nowhere in the database in clear', async () => {
    const paper = await macWithStoredKey();
    const typed = newKey();
    begun(await ask.store(emma, paper.mac, typed));
    const { rows } = await allText();
    const text = rows.map(({ line }) => line).join('\n');
    expect(text).toContain(paper.mac.udid);
    for (const key of [typed, paper.key, ...paper.toldKeys])
      for (const form of formsOf(key)) expect(text.includes(form)).toBe(false);
  });
});

const formsOf = (key: string): readonly string[] => {
  const bare = key.replaceAll('-', '');
  return [key, bare].flatMap((form) => [
    form,
    form.toLowerCase(),
    Buffer.from(form).toString('hex'),
    // The middle of it, whatever stands before: base64 of three alignments.
    ...[0, 1, 2].map((skip) => Buffer.from(form.slice(skip)).toString('base64').slice(0, 28)),
  ]);
};

/** Every row of every table as text. */
async function allText(): Promise<{ readonly rows: readonly { readonly line: string }[] }> {
  const { rows: tables } = await sql<{ name: string }>`
    select table_name as name from information_schema.tables where table_schema = 'public'
      and table_type = 'BASE TABLE'`.execute(world.database);
  const lines: { line: string }[] = [];
  for (const { name } of tables) {
    const { rows } = await sql<{ line: string }>`select t::text as line from ${sql.table(name)} t`.execute(
      world.database,
    );
    lines.push(...rows);
  }
  return { rows: lines };
}
