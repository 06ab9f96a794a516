import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { sql } from 'kysely';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Database } from './database.ts';
import { migrate } from './migrate.ts';
import { createTestDatabase, type TestDatabase } from './test-database.ts';

let db: TestDatabase;
let folder: string;
beforeEach(async () => {
  db = await createTestDatabase();
  // Its own schema, so that our own migrations in the template are none of this test's business.
  await sql`drop table if exists schema_migrations`.execute(db.database);
  folder = await mkdtemp(path.join(os.tmpdir(), 'migrations-'));
  await add(
    '0001-first.sql',
    'create table mt_a (n int); insert into mt_a values (1);\nselect \';\' as "$";',
  );
  await add('0002-second.sql', 'insert into mt_a values (2);');
});
afterEach(async () => {
  await db.close();
  await rm(folder, { recursive: true });
});

async function add(name: string, text: string): Promise<void> {
  await writeFile(path.join(folder, name), text);
}

async function numbers(database: Database): Promise<unknown> {
  const { rows } = await sql<{ n: number }>`select n from mt_a order by n`.execute(database);
  return rows.map(({ n }) => n);
}

test('migrations are applied in order, once', async () => {
  expect(await migrate(db.database, folder)).toEqual(['0001-first.sql', '0002-second.sql']);
  expect(await migrate(db.database, folder)).toEqual([]);
  await add('0003-third.sql', 'insert into mt_a values (3);');
  expect(await migrate(db.database, folder)).toEqual(['0003-third.sql']);
  expect(await numbers(db.database)).toEqual([1, 2, 3]);
});

test('several processes at once apply each migration once', async () => {
  const applied = await Promise.all(
    Array.from({ length: 5 }, async () => await migrate(db.database, folder)),
  );
  expect(applied.flat().toSorted()).toEqual(['0001-first.sql', '0002-second.sql']);
  expect(await numbers(db.database)).toEqual([1, 2]);
});

test('a migration that fails leaves nothing of itself and keeps the ones before', async () => {
  await add('0003-broken.sql', 'insert into mt_a values (3); select 1 / 0;');
  await expect(migrate(db.database, folder)).rejects.toThrow();
  expect(await numbers(db.database)).toEqual([1, 2]);
  await add('0003-broken.sql', 'insert into mt_a values (33);');
  expect(await migrate(db.database, folder)).toEqual(['0003-broken.sql']);
});

test('a database of a newer version is refused', async () => {
  await migrate(db.database, folder);
  await rm(path.join(folder, '0002-second.sql'));
  await expect(migrate(db.database, folder)).rejects.toMatchObject({
    kind: 'newer-version',
    message: 'this database was last used by a newer version (it has 0002-second.sql)',
  });
});

test('a migration that was edited after it was applied is refused; other line ends are no edit', async () => {
  await migrate(db.database, folder);
  await add('0002-second.sql', 'insert into mt_a values (4);');
  await expect(migrate(db.database, folder)).rejects.toMatchObject({ kind: 'changed' });
  await add('0002-second.sql', 'insert into mt_a values (2);');
  await add(
    '0001-first.sql',
    'create table mt_a (n int); insert into mt_a values (1);\r\nselect \';\' as "$";',
  );
  expect(await migrate(db.database, folder)).toEqual([]);
});

test('a migration that arrives before one already applied is refused', async () => {
  await migrate(db.database, folder);
  await add('0001-earlier.sql', 'select 1');
  await add('0003-third.sql', 'select 1');
  await expect(migrate(db.database, folder)).rejects.toMatchObject({ kind: 'out-of-order' });
});

test('a file that is not named like a migration is refused', async () => {
  await add('fix.sql', 'select 1');
  await expect(migrate(db.database, folder)).rejects.toMatchObject({ kind: 'bad-name' });
});
