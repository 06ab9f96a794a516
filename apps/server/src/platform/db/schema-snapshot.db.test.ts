import { readFile } from 'node:fs/promises';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { migrate } from './migrate.ts';
import { renderSchema, schemaSnapshotFile } from './schema-snapshot.ts';
import { createTestDatabase, type TestDatabase } from './test-database.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
});
afterAll(async () => await db.close());

test('the checked-in schema is what the migrations make (node scripts/schema-snapshot.mjs writes it)', async () => {
  expect(await migrate(db.database)).toEqual([]);
  expect(await renderSchema(db.database)).toBe(await readFile(schemaSnapshotFile, 'utf8'));
});

test('a column, a constraint, an index, a trigger and a function each show', async () => {
  await sql
    .raw(
      `create function zz_refuse() returns trigger language plpgsql as 'begin raise exception ''no''; end';
       create table zz_parent (id uuid primary key);
       create table zz_child (
         id int8 generated always as identity primary key,
         parent uuid not null references zz_parent on delete restrict,
         word text default 'x' check (word <> '')
       );
       create unique index zz_one on zz_child (parent) where word = 'current';
       create trigger zz_never before delete on zz_child execute function zz_refuse();`,
    )
    .execute(db.database);
  const text = await renderSchema(db.database);
  expect(text).toContain(`table zz_child
  id bigint not null generated always as identity
  parent uuid not null
  word text default 'x'::text
  constraint zz_child_parent_fkey FOREIGN KEY (parent) REFERENCES zz_parent(id) ON DELETE RESTRICT
  constraint zz_child_pkey PRIMARY KEY (id)
  constraint zz_child_word_check CHECK ((word <> ''::text))
  CREATE UNIQUE INDEX zz_one ON public.zz_child USING btree (parent) WHERE (word = 'current'::text)
  CREATE TRIGGER zz_never BEFORE DELETE ON public.zz_child FOR EACH STATEMENT EXECUTE FUNCTION zz_refuse()
`);
  expect(text).toContain('CREATE OR REPLACE FUNCTION public.zz_refuse()');
});
