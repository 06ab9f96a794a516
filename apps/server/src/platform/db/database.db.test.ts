import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { afterCommit, transaction } from './database.ts';
import { namedQuery, prepared } from './named-statements.ts';
import { createTestDatabase, type TestDatabase } from './test-database.ts';
import { UnsafeInteger } from './value-parsers.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
  await sql`create table room (id int8 primary key, name text not null)`.execute(db.database);
});
beforeEach(async () => {
  await sql`truncate room`.execute(db.database);
});
afterAll(async () => await db.close());

const names = prepared('test.names', 'select id, name from room where id >= $1 order by id');

test('what a transaction wrote is there after it returned, and not after it threw', async () => {
  await transaction(db.database, async (tx) => {
    await sql`insert into room values (1, 'kept')`.execute(tx);
  });
  const thrown = transaction(db.database, async (tx) => {
    await sql`insert into room values (2, 'lost')`.execute(tx);
    throw new Error('on purpose');
  });
  await expect(thrown).rejects.toThrow('on purpose');
  expect(await namedQuery(db.database, names, [0])).toEqual([{ id: 1, name: 'kept' }]);
});

test('afterCommit runs after the commit is visible to others, and never after a rollback', async () => {
  const seen: string[] = [];
  await transaction(db.database, async (tx) => {
    await sql`insert into room values (1, 'a')`.execute(tx);
    afterCommit(tx, () => seen.push('committed'));
    expect(seen).toEqual([]);
  });
  const rolledBack = transaction(db.database, async (tx) => {
    afterCommit(tx, () => seen.push('rolled back'));
    await sql`select 1 / 0`.execute(tx);
  });
  await expect(rolledBack).rejects.toThrow();
  expect(seen).toEqual(['committed']);
});

const oneName = prepared('test.one-name', 'select id, name from room where id = $1');

test('a named statement is prepared once a connection and seen by the transaction that runs it', async () => {
  await transaction(db.database, async (tx) => {
    await sql`insert into room values (7, 'inside')`.execute(tx);
    for (let run = 0; run < 3; run += 1)
      expect(await namedQuery<{ id: number }>(tx, oneName, [7])).toEqual([{ id: 7, name: 'inside' }]);
    const found = await sql<{ name: string; uses: number }>`
      select name, generic_plans + custom_plans as uses from pg_prepared_statements
      where name = 'test.one-name'`.execute(tx);
    expect(found.rows).toEqual([{ name: 'test.one-name', uses: 3 }]);
  });
});

test('one name cannot stand for two texts', () => {
  expect(prepared('test.names', names.text)).toEqual(names);
  expect(() => prepared('test.names', 'select 2')).toThrow('defined twice');
});

test('int8 arrive as numbers, dates as text, times as Date, and an int8 too large is refused', async () => {
  const { rows } = await sql`select 9007199254740991::int8 as n, date '2026-11-22' as d,
    timestamptz '2026-11-22 10:00:00Z' as t, null::int8 as none`.execute(db.database);
  expect(rows).toEqual([
    { n: 9007199254740991, d: '2026-11-22', t: new Date('2026-11-22T10:00:00Z'), none: null },
  ]);
  const large = sql`select 9007199254740992::int8`.execute(db.database);
  await expect(large).rejects.toBeInstanceOf(UnsafeInteger);
});

test('a connection that breaks inside a transaction fails it, and the pool goes on', async () => {
  const broken = transaction(db.database, async (tx) => {
    await sql`insert into room values (1, 'lost')`.execute(tx);
    const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(tx);
    await sql`select pg_terminate_backend(${rows[0]?.pid}, 5000)`.execute(db.database);
    await sql`insert into room values (2, 'lost')`.execute(tx);
  });
  await expect(broken).rejects.toThrow();
  expect(await namedQuery(db.database, names, [0])).toEqual([]);
});

test('each test database starts empty', async () => {
  const other = await createTestDatabase();
  const { rows } = await sql`select to_regclass('room') as room`.execute(other.database);
  expect(rows).toEqual([{ room: null }]);
  await other.close();
});
