import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { transaction } from '../db/database.ts';
import { createTestDatabase, type TestDatabase } from '../db/test-database.ts';
import { defineJob } from './define-job.ts';
import { type Jobs, openJobs } from './jobs.ts';

let db: TestDatabase;
let jobs: Jobs;
beforeAll(async () => {
  db = await createTestDatabase();
  await sql`create table done (job text, what text)`.execute(db.database);
  jobs = open();
  await jobs.start();
});
afterAll(async () => {
  await jobs.stop();
  await db.close();
});

function open(): Jobs {
  return openJobs({ ...db, superviseIntervalSeconds: 1 });
}

const input = z.object({ what: z.string() });

test('a job sent in a transaction that rolls back does not exist', async () => {
  const seen: string[] = [];
  const job = defineJob({ name: 'test.rolled-back', input });
  await jobs.work(job, async ({ what }) => void seen.push(what));
  const rolledBack = transaction(db.database, async (tx) => {
    await jobs.send(tx, job, { what: 'lost' });
    throw new Error('on purpose');
  });
  await expect(rolledBack).rejects.toThrow('on purpose');
  await transaction(db.database, async (tx) => await jobs.send(tx, job, { what: 'kept' }));
  await vi.waitFor(() => expect(seen).toEqual(['kept']), 10_000);
  const { rows } = await sql`select data from pgboss.job where name = 'test.rolled-back'`.execute(
    db.database,
  );
  expect(rows).toEqual([{ data: { what: 'kept' } }]);
});

test('a job that fails is tried again, and its row keeps no words of the error', async () => {
  let tries = 0;
  const job = defineJob({ name: 'test.retried', input, retryDelaySeconds: 1 });
  await jobs.work(job, async () => {
    tries += 1;
    const cause = new Error('secret words');
    if (tries === 1) throw Object.assign(new TypeError('secret words', { cause }), { code: 'ECONNRESET' });
  });
  await transaction(db.database, async (tx) => await jobs.send(tx, job, { what: 'x' }));
  const failure = async (): Promise<string> => {
    const { rows } = await sql<{ output: unknown }>`
      select output from pgboss.job where name = 'test.retried' and output is not null`.execute(db.database);
    return JSON.stringify(rows);
  };
  await vi.waitFor(async () => expect(await failure()).toContain('TypeError ECONNRESET'), 10_000);
  expect(await failure()).not.toContain('secret');
  await vi.waitFor(() => expect(tries).toBe(2), 15_000);
});

test('a job of a later time waits for it', async () => {
  const seen: string[] = [];
  const job = defineJob({ name: 'test.later', input, concurrency: 2 });
  await jobs.work(job, async ({ what }) => void seen.push(what));
  await transaction(db.database, async (tx) => {
    await jobs.send(tx, job, { what: 'tomorrow' }, { startAfter: new Date(Date.now() + 86_400_000) });
    await jobs.send(tx, job, { what: 'soon' }, { startAfter: new Date(Date.now() + 200) });
  });
  await vi.waitFor(() => expect(seen).toEqual(['soon']), 10_000);
});

test('of jobs under one key one waits, and one that runs already does not stand for a new one', async () => {
  const job = defineJob({ name: 'test.keyed', input, oneWaitingPerKey: true });
  const send = async (what: string): Promise<void> => {
    await transaction(db.database, async (tx) => await jobs.send(tx, job, { what }, { singletonKey: 'k' }));
  };
  await send('first');
  await send('second');
  const seen: string[] = [];
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  await jobs.work(job, async ({ what }) => {
    seen.push(what);
    await released;
  });
  await vi.waitFor(() => expect(seen).toEqual(['first']), 10_000);
  await send('third');
  release();
  await vi.waitFor(() => expect(seen).toEqual(['first', 'third']), 10_000);
});

test('a waiting job that stands for ours does not start before our commit', async () => {
  const job = defineJob({ name: 'test.held', input, oneWaitingPerKey: true });
  await transaction(db.database, async (tx) => {
    await jobs.send(tx, job, { what: 'x' }, { singletonKey: 'k' });
  });
  const order: string[] = [];
  await transaction(db.database, async (tx) => {
    await jobs.send(tx, job, { what: 'x' }, { singletonKey: 'k' });
    await jobs.work(job, async () => void order.push('started'));
    await sql`select pg_sleep(1.5)`.execute(tx);
    order.push('committing');
  });
  await vi.waitFor(() => expect(order).toEqual(['committing', 'started']), 10_000);
});

test('a job without the key its kind wants, or with input of another form, is not sent', async () => {
  const keyed = defineJob({ name: 'test.keyed', input, oneWaitingPerKey: true });
  const plain = defineJob({ name: 'test.plain', input: z.object({ what: z.string().max(3) }) });
  await transaction(db.database, async (tx) => {
    await expect(jobs.send(tx, keyed, { what: 'x' })).rejects.toThrow('needs a singletonKey');
    await expect(jobs.send(tx, plain, { what: 'x' }, { singletonKey: 'k' })).rejects.toThrow('takes no');
    await expect(jobs.send(tx, plain, { what: 'too long' })).rejects.toThrow();
  });
});

test('several processes may make the tables of the queue at once', async () => {
  const fresh = await createTestDatabase();
  const several = [1, 2, 3].map(() => openJobs(fresh));
  await Promise.all(several.map(async (each) => await each.start()));
  await Promise.all(several.map(async (each) => await each.stop()));
  await fresh.close();
});

test('the job of a killed worker comes back and is done by another', async () => {
  const job = defineJob({ name: 'test.killed', input, expireInSeconds: 2, retryDelaySeconds: 1 });
  await transaction(db.database, async (tx) => await jobs.send(tx, job, { what: 'hard work' }));
  const child = spawn(process.execPath, [path.join(import.meta.dirname, 'killed-worker.fixture.ts')], {
    env: { ...process.env, TEST_URL: db.connectionString },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [output] = await once(child.stdout, 'data');
  expect(String(output)).toContain('working on hard work');
  child.kill('SIGKILL');
  await once(child, 'exit');
  const seen: string[] = [];
  await jobs.work(job, async ({ what }) => void seen.push(what));
  await vi.waitFor(() => expect(seen).toEqual(['hard work']), { timeout: 50_000, interval: 100 });
});
