import { setTimeout as pause } from 'node:timers/promises';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { randomIds } from '../../kernel/id.ts';
import { transaction } from '../../platform/db/database.ts';
import { type EscrowWorld, escrowWorld } from '../escrow/escrow-world.fixture.ts';
import { stopPushing } from './pushes.store.ts';
import { queueCommand } from './queue.ts';

let world: EscrowWorld;
beforeAll(async () => {
  world = await escrowWorld();
});
afterAll(() => world.close());

async function dueAt(enrollment: string): Promise<Date | null> {
  const { rows } = await sql<{ due: Date | null }>`
    select push_due_at as due from enrollments where id = ${enrollment}`.execute(world.database);
  return rows[0]?.due ?? null;
}

test('a command that is queued while an idle Mac is sent away is pushed all the same', async () => {
  const { database, clock } = world;
  const { device, enrollment } = await world.mac(await world.person('Erin'), { profile: false });
  const command = {
    id: randomIds.next<'command'>(),
    device,
    enrollment,
    kind: 'SecurityInfo',
    intent: {},
  } as const;
  // The push that brought it here.
  const pushed = new Date(clock.now().getTime() - 1000);
  await sql`update enrollments set push_due_at = ${pushed}, push_count = 1 where id = ${enrollment}`.execute(
    database,
  );
  const stopping: Promise<void>[] = [];
  await transaction(database, async (tx) => {
    await queueCommand(tx, () => undefined, command, clock.now());
    // It has seen an empty queue and waits for the row that we have in hand.
    stopping.push(stopPushing(database, enrollment));
    await until(async () => {
      const { rows } = await sql<{ waiting: boolean }>`select exists (select from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock') as waiting`.execute(database);
      return rows[0]?.waiting === true;
    });
  });
  await Promise.all(stopping);
  expect(await dueAt(enrollment)).not.toBeNull();
});

test('an empty queue ends pushing', async () => {
  const { database, clock } = world;
  const { enrollment } = await world.mac(await world.person('Casey'), { profile: false });
  await sql`update enrollments set push_due_at = ${clock.now()}, push_count = 3 where id = ${enrollment}`.execute(
    database,
  );
  await stopPushing(database, enrollment);
  expect(await dueAt(enrollment)).toBeNull();
});

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await pause(20);
}
