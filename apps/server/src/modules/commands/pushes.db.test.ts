import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { randomIds } from '../../kernel/id.ts';
import { transaction } from '../../platform/db/database.ts';
import { type EscrowWorld, escrowWorld, type Mac } from '../escrow/escrow-world.fixture.ts';
import { schedulePush, stopPushing } from './pushes.store.ts';
import { createPushing } from './pushing.ts';
import { queueCommand } from './queue.ts';
import type { Wake } from './transport.port.ts';

let world: EscrowWorld;
beforeAll(async () => {
  world = await escrowWorld();
});
afterAll(() => world.close());

const sleeps: Wake = () => undefined;

/** A Mac with a push token, and nothing in its queue. */
async function quietMac(): Promise<Mac> {
  const mac = await world.mac(await world.person('Emma'));
  await sql`update commands set state = 'acknowledged' where enrollment_id = ${mac.enrollment}`.execute(
    world.database,
  );
  await schedulePush(world.database, mac.enrollment, null, 0);
  return mac;
}

async function dueAt({ enrollment }: Mac): Promise<Date | null> {
  const { rows } = await sql<{ due: Date | null }>`
    select push_due_at as due from enrollments where id = ${enrollment}`.execute(world.database);
  return rows[0]?.due ?? null;
}

const question = ({ device, enrollment }: Mac) =>
  ({ id: randomIds.next<'command'>(), device, enrollment, kind: 'DeviceInformation', intent: {} }) as const;

it('two commands of one transaction are one push', async () => {
  const mac = await quietMac();
  const sent: string[] = [];
  const { wake, settled } = createPushing({
    database: world.database,
    clock: world.clock,
    chance: () => 0,
    push: {
      send: async ({ magic }) => {
        sent.push(magic);
        return 'sent';
      },
    },
    onFault: (error) => world.faults.push(error),
  });
  await transaction(world.database, async (tx) => {
    for (const kind of ['DeviceInformation', 'SecurityInfo'] as const) {
      await queueCommand(tx, wake, { ...question(mac), kind }, world.clock.now());
    }
  });
  await settled();
  expect(sent).toHaveLength(1);
});

it('a command that comes in while the Mac is told that nothing waits keeps its push', async () => {
  const mac = await quietMac();
  await schedulePush(world.database, mac.enrollment, world.clock.now(), 1);
  let stopped: Promise<void> = Promise.resolve();
  await transaction(world.database, async (tx) => {
    await queueCommand(tx, sleeps, question(mac), world.clock.now());
    stopped = stopPushing(world.database, mac.enrollment);
    await waitsForUs();
  });
  await stopped;
  expect(await dueAt(mac)).not.toBeNull();
});

it('a Mac with nothing waiting is pushed no more', async () => {
  const mac = await quietMac();
  await schedulePush(world.database, mac.enrollment, world.clock.now(), 1);
  await stopPushing(world.database, mac.enrollment);
  expect(await dueAt(mac)).toBeNull();
});

/** Another statement stands behind a lock of the transaction under way. */
async function waitsForUs(): Promise<void> {
  for (let looks = 0; looks < 2000; looks += 1) {
    const { rows } = await sql<{ waits: boolean }>`select exists (select from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock') as waits`.execute(world.database);
    if (rows[0]?.waits === true) return;
  }
  throw new Error('nothing waits');
}
