import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { randomIds } from '../../kernel/id.ts';
import { done, refuse, runWrite } from '../../kernel/verb.ts';
import { transaction } from '../../platform/db/database.ts';
import { createTestDatabase, type TestDatabase } from '../../platform/db/test-database.ts';
import { runnerOn, shiftedClock } from '../access/access-runner.fixture.ts';
import { chainNotes, notesAbout, recordNotes, verifyChain } from './audit.ts';

let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase(10);
});
afterAll(async () => await test.close());

const clock = shiftedClock();
const system = { kind: 'system', name: 'Keyhaven' } as const;

const write = (count: number, device = randomIds.next<'device'>()) =>
  transaction(test.database, async (tx) => {
    const note = (index: number) =>
      ({
        action: 'device.renamed',
        device,
        detail: { index, name: 'Ünï“code”\n\t\u2028', none: null },
      }) as const;
    await recordNotes(
      tx,
      system,
      clock.now(),
      Array.from({ length: count }, (_unused, index) => note(index)),
    );
  });

async function chainAll(): Promise<void> {
  while ((await chainNotes(test.database)) > 0) continue;
}

const countOf = async (where: string): Promise<number> => {
  const { rows } = await sql<{ count: number }>`
    select count(*) as count from audit_notes where ${sql.raw(where)}`.execute(test.database);
  return rows[0]?.count ?? 0;
};

describe('the audit log', () => {
  it('chains everything committed, in order and without a gap, however many write and chain at once', async () => {
    await Promise.all([
      ...Array.from({ length: 20 }, () => write(7)),
      ...Array.from({ length: 5 }, () => chainNotes(test.database)),
    ]);
    await Promise.all([chainAll(), chainAll(), chainAll()]);
    expect(await countOf('sequence is null')).toBe(0);
    expect(await countOf('true')).toBe(140);
    const { rows } = await sql<{ last: number }>`select max(sequence) as last from audit_notes`.execute(
      test.database,
    );
    expect(rows[0]?.last).toBe(140);
    expect(await verifyChain(test.database)).toBeNull();
  });

  it('chains more than one batch, and stays whole when the clock goes back', async () => {
    await write(620);
    clock.advance(-60_000);
    await write(3);
    await chainAll();
    clock.advance(120_000);
    await write(3);
    await chainAll();
    expect(await verifyChain(test.database)).toBeNull();
  });

  it('refuses every change, deletion and emptying, chained or not', async () => {
    await write(1);
    for (const where of ['sequence = 1', 'sequence is null'])
      for (const change of [
        `detail = '{}'`,
        `actor_name = 'x'`,
        `at = now()`,
        `action = 'x'`,
        `device_id = null`,
      ])
        await expect(
          sql`update audit_notes set ${sql.raw(change)} where ${sql.raw(where)}`.execute(test.database),
        ).rejects.toThrow('never changed');
    await expect(
      sql`update audit_notes set hash = '\\x00' where sequence = 1`.execute(test.database),
    ).rejects.toThrow('never changed');
    await expect(sql`delete from audit_notes`.execute(test.database)).rejects.toThrow('never deleted');
    await expect(sql`truncate audit_notes cascade`.execute(test.database)).rejects.toThrow('never emptied');
  });

  it('shows what somebody changed who could switch the guard off', async () => {
    await chainAll();
    const { rows } = await sql<{ last: number }>`select max(sequence) as last from audit_notes`.execute(
      test.database,
    );
    const last = rows[0]?.last ?? 0;
    await sql`alter table audit_notes disable trigger user`.execute(test.database);
    const fields = [
      sql`detail = '{"index": 4711}'`,
      sql`actor_name = 'Nobody'`,
      sql`at = at + interval '1 millisecond'`,
      sql`action = 'device.enrolled'`,
      sql`device_id = gen_random_uuid()`,
      sql`actor_kind = 'person'`,
      sql`hash = sha256(hash)`,
      sql`sequence = ${last + 1}`,
    ];
    for (const [index, field] of fields.entries()) {
      const sequence = 1 + ((index * 97) % (last - 1));
      const rollBack = new Error('roll back');
      const tried = transaction(test.database, async (tx) => {
        await sql`update audit_notes set ${field} where sequence = ${sequence}`.execute(tx);
        expect((await verifyChain(tx))?.sequence).toBe(sequence);
        throw rollBack;
      });
      await expect(tried).rejects.toBe(rollBack);
    }
    await sql`alter table audit_notes enable trigger user`.execute(test.database);
    expect(await verifyChain(test.database)).toBeNull();
  });
});

describe('a write', () => {
  it('leaves its note if it is done, and nothing if it fails', async () => {
    const device = randomIds.next<'device'>();
    const on = runnerOn(test.database, clock);
    const note = { action: 'device.renamed', device } as const;
    await runWrite(on, system, async () => done(null, note));
    await expect(
      runWrite(on, system, async ({ tx, now }) => {
        await recordNotes(tx, system, now, [note]);
        throw new Error('fault');
      }),
    ).rejects.toThrow('fault');
    const refused = await runWrite(on, system, async ({ tx, now }) => {
      await recordNotes(tx, system, now, [note]);
      return refuse({ kind: 'forbidden' }, { action: 'recovery-key.reveal-refused', device });
    });
    expect(refused).toEqual({ ok: false, refusal: { kind: 'forbidden' } });
    const notes = await notesAbout(
      test.database,
      device,
      ['device.renamed', 'recovery-key.reveal-refused'],
      10,
    );
    expect(notes.map(({ action }) => action).toSorted()).toEqual([
      'device.renamed',
      'recovery-key.reveal-refused',
    ]);
  });
});
