import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../db/test-database.ts';
import { silentLog } from '../log/log.ts';
import { startRecurring } from './recurring.ts';
import { takingTurns } from './turns.ts';

let db: TestDatabase;
let other: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase();
  other = await createTestDatabase();
});
afterAll(async () => {
  await db.close();
  await other.close();
});

test('what recurs runs in one process at a time', async () => {
  let inside = 0;
  let most = 0;
  let runs = 0;
  const handler = async (): Promise<void> => {
    inside += 1;
    most = Math.max(most, inside);
    runs += 1;
    await new Promise((resolve) => setTimeout(resolve, 15));
    inside -= 1;
  };
  const processes = Array.from({ length: 4 }, () =>
    startRecurring({ name: 'test.alone', seconds: 0.005, handler, database: db.database, log: silentLog }),
  );
  await vi.waitFor(() => expect(runs).toBeGreaterThan(10), 10_000);
  await Promise.all(processes.map(async (each) => await each.stop()));
  expect(most).toBe(1);
  expect(inside).toBe(0);
});

test('a failed run is logged and the next one comes', async () => {
  const logged: string[] = [];
  let runs = 0;
  const recurring = startRecurring({
    name: 'test.failing',
    seconds: 0.01,
    handler: async () => {
      runs += 1;
      throw new Error('on purpose');
    },
    database: db.database,
    log: { ...silentLog, error: (event, fields) => void logged.push(`${event} ${fields?.job}`) },
  });
  await vi.waitFor(() => expect(runs).toBeGreaterThan(2), 10_000);
  await recurring.stop();
  expect(logged[0]).toBe('recurring job failed test.failing');
});

test('news that arrives during a run leads to another run', async () => {
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  let runs = 0;
  const recurring = startRecurring({
    name: 'test.woken',
    seconds: 3600,
    handler: async () => {
      runs += 1;
      await released;
    },
    database: other.database,
    log: silentLog,
  });
  await vi.waitFor(() => expect(runs).toBe(1), 10_000);
  recurring.wake();
  release();
  await vi.waitFor(() => expect(runs).toBe(2), 10_000);
  await recurring.stop();
});

test('more of what recurs than there are connections never waits for each other', async () => {
  const narrow = await createTestDatabase(2);
  const failed: string[] = [];
  const seen = new Set<string>();
  const turns = takingTurns(1);
  const all = ['a', 'b', 'c', 'd', 'e'].map((name) =>
    startRecurring({
      name: `test.turn-${name}`,
      seconds: 3600,
      handler: async () => {
        await sql`select 1`.execute(narrow.database);
        seen.add(name);
      },
      database: narrow.database,
      turns,
      log: { ...silentLog, error: (event) => void failed.push(event) },
    }),
  );
  await vi.waitFor(() => expect(seen.size + failed.length).toBe(5), 20_000);
  await Promise.all(all.map((each) => each.stop()));
  await narrow.close();
  expect(failed).toEqual([]);
});

test('what has not had its turn when it is stopped does not run', async () => {
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  const turns = takingTurns(1);
  const ran: string[] = [];
  const recurring = ['first', 'second'].map((name) =>
    startRecurring({
      name: `test.stopped-${name}`,
      seconds: 3600,
      handler: async () => {
        ran.push(name);
        await released;
      },
      database: db.database,
      turns,
      log: silentLog,
    }),
  );
  await vi.waitFor(() => expect(ran).toEqual(['first']), 10_000);
  const stopped = Promise.all(recurring.map((each) => each.stop()));
  release();
  await stopped;
  expect(ran).toEqual(['first']);
});

test('more timers than the pool has connections keep nobody from one', async () => {
  const small = await createTestDatabase(2);
  const faults: string[] = [];
  const ran = new Set<number>();
  const all = Array.from({ length: 6 }, (_each, index) =>
    startRecurring({
      name: `test.many-${index}`,
      seconds: 3600,
      handler: async () => {
        await sql`select pg_sleep(0.05)`.execute(small.database);
        ran.add(index);
      },
      database: small.database,
      log: { ...silentLog, error: (event) => void faults.push(event) },
    }),
  );
  await vi.waitFor(() => expect(ran.size + faults.length).toBe(6), 15_000);
  await Promise.all(all.map(async (each) => await each.stop()));
  await small.close();
  expect(faults).toEqual([]);
});
