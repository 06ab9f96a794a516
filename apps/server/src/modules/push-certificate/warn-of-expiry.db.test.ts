import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { days } from '../../kernel/clock.ts';
import { tell } from '../notices/notices.ts';
import { type PushWorld, pushWorld, settingsPath } from './push-certificate-world.fixture.ts';
import { warnOfExpiry } from './warn-of-expiry.job.ts';

let world: PushWorld;
beforeAll(async () => {
  world = await pushWorld();
});
afterAll(async () => await world.close());

const warn = (certificates = world.certificates): Promise<void> =>
  warnOfExpiry({ database: world.database, runner: world.runner, certificates, tell });
const told = async (): Promise<readonly string[]> => {
  const { rows } = await sql<{ reason: string }>`
    select reason from notices where kind = 'push-certificate-expires' and device_id is null
    order by at, id`.execute(world.database);
  return rows.map(({ reason }) => /in \d+ days?|within a day|expired/.exec(reason)?.[0] ?? reason);
};

it('IT is told at 60, 30, 14, 7 and 1 days and once it is over, each once a certificate', async () => {
  const admin = await world.admin();
  await warn();
  expect(await told()).toEqual([]);
  await world.call(admin, 'PUT', settingsPath, world.maker.make('com.apple.mgmt.External.a', { days: 90 }));
  for (let day = 90; day >= -3; day -= 1) {
    await Promise.all([warn(), warn(world.elsewhere)]);
    world.clock.advance(days(1));
  }
  expect((await told()).length).toBe(6);
  expect((await told()).at(-1)).toBe('expired');
  const { rows } = await sql<{ days: number }>`
    select (detail->>'days')::int as days from audit_notes where action = 'push-certificate.expiry-told'
    order by at`.execute(world.database);
  expect(rows.map((row) => row.days)).toEqual([60, 30, 14, 7, 1, 0]);
});

it('a certificate that is already close to its end is told of once, and its renewal starts anew', async () => {
  const before = (await told()).length;
  const admin = await world.signIn(await world.person('Bob', 'administrator'), 0);
  const renewedDays = 96 + 20;
  const body = world.maker.make('com.apple.mgmt.External.a', { days: renewedDays });
  expect((await world.call(admin, 'PUT', settingsPath, body)).status).toBe(200);
  await warn();
  await warn();
  // Ada and Bob.
  expect((await told()).length).toBe(before + 2);
});
