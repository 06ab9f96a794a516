import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openPortal, type Portal } from '../overview/portal.fixture.ts';
import { countContacts } from './contacts.ts';

const hour = 3_600_000;
const day = 24 * hour;
let portal: Portal;
beforeAll(async () => {
  portal = await openPortal();
});
afterAll(async () => {
  expect(portal.faults).toEqual([]);
  await portal.close();
});

it('contacts are counted by Mac, hour and kind, by several processes together', async () => {
  const emma = await portal.person('Emma');
  const mac = await portal.mac(emma);
  const other = await portal.mac(emma);
  const { database, clock } = portal;
  const processes = [countContacts({ database, clock }), countContacts({ database, clock })];
  for (let hours = 0; hours < 3; hours += 1) {
    for (const contacts of processes) {
      contacts.count(mac.device, 'Idle');
      contacts.count(mac.device, 'Idle');
      contacts.count(mac.device, 'answer');
      contacts.count(other.device, 'CheckOut');
    }
    await Promise.all(processes.map((contacts) => contacts.flush()));
    clock.advance(hour);
  }
  const rita = await portal.person('Rita', 'read-only');
  const at = `/devices/${mac.device}/check-ins`;
  const first = await portal.call(rita, 'GET', `${at}?limit=2`);
  const contacts = [
    { kind: 'Idle', count: 4 },
    { kind: 'answer', count: 2 },
  ];
  expect(first.body).toMatchObject({ items: [{ contacts }, { contacts }] });
  const { next } = Object(first.body);
  const second = await portal.call(rita, 'GET', `${at}?limit=2&cursor=${encodeURIComponent(next)}`);
  expect(second.body).toMatchObject({ items: [{ contacts }], next: null });
  const hours = [first, second].flatMap(({ body }) =>
    Object(body).items.map((item: object) => Object(item).hour),
  );
  expect(hours).toEqual(hours.toSorted((a: string, b: string) => b.localeCompare(a)));
  expect(new Set(hours).size).toBe(3);
});

it('what could not be written is written the next time', async () => {
  const mac = await portal.mac(await portal.person('Noah'));
  const { database, clock } = portal;
  const contacts = countContacts({ database, clock });
  contacts.count(mac.device, 'Idle');
  await sql`alter table check_ins rename to check_ins_away`.execute(database);
  await expect(contacts.flush()).rejects.toThrow();
  await sql`alter table check_ins_away rename to check_ins`.execute(database);
  contacts.count(mac.device, 'Idle');
  await contacts.flush();
  await contacts.flush();
  const { rows } = await sql`select count from check_ins where device_id = ${mac.device}`.execute(database);
  expect(rows).toEqual([{ count: 2 }]);
});

it('what is older than 90 days is forgotten', async () => {
  const mac = await portal.mac(await portal.person('Olga'));
  const { database, clock } = portal;
  const contacts = countContacts({ database, clock });
  contacts.count(mac.device, 'Idle');
  await contacts.flush();
  clock.advance(89 * day);
  await contacts.flush();
  const held = async (): Promise<number> =>
    (await sql`select from check_ins where device_id = ${mac.device}`.execute(database)).rows.length;
  expect(await held()).toBe(1);
  clock.advance(2 * day);
  await contacts.flush();
  expect(await held()).toBe(0);
});
