import { createHmac } from 'node:crypto';
import { parseCertificate } from '@keyhaven/apple-mdm/certificate';
import { asleep } from '@keyhaven/mac/behaviours/asleep';
import { answers } from '@keyhaven/mac/behaviours/behaviour';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { minutes } from '../../kernel/clock.ts';
import { until, type WorldMac } from '../transport-world.fixture.ts';
import { type NanoMdmWorld, startNanoMdmWorld, webhookKey } from './stand-in/nanomdm-world.fixture.ts';
import type { StandInEvent } from './stand-in/webhook-mishaps.fixture.ts';

const owner = 'colleague@example.com';
let world: NanoMdmWorld;
beforeAll(async () => {
  world = await startNanoMdmWorld();
});
afterAll(() => world.close());

const sign = (body: string | Buffer, key = webhookKey): string =>
  createHmac('sha256', key).update(body).digest('base64');

async function post(body: string | Buffer, signature: string | null): Promise<number> {
  const response = await fetch(new URL('/nanomdm/webhook', world.server.url), {
    method: 'POST',
    headers: {
      'content-type': 'application/json; charset=utf-8',
      ...(signature === null ? {} : { 'x-hmac-signature': signature }),
    },
    body: typeof body === 'string' ? body : new Uint8Array(body),
  });
  await response.arrayBuffer();
  return response.status;
}

const lastEventOf = ({ mac }: WorldMac, topic: string): StandInEvent => {
  const found = world.nanoMdm.webhook.sent.findLast(
    (event) =>
      event.topic === topic && (event.checkin_event ?? event.acknowledge_event)?.udid === mac.identity.udid,
  );
  if (found === undefined) throw new Error('no such event was sent');
  return found;
};

async function countEvents(): Promise<number> {
  const { rows } = await sql<{ count: number }>`select count(*) as count from nanomdm_events`.execute(
    world.server.database,
  );
  return rows[0]?.count ?? -1;
}

async function stateOf({ device }: WorldMac): Promise<string | null> {
  const { rows } = await sql<{ state: string }>`select e.state from enrollments e
    join devices d on d.enrollment_id = e.id where d.id = ${device.id}`.execute(world.server.database);
  return rows[0]?.state ?? null;
}

describe('the webhook', () => {
  test.each([
    ['without a signature', null],
    ['with an empty one', ''],
    ['signed with another key', sign('{}', 'a key of somebody else')],
    ['with the signature of another body', sign('{ }')],
  ])('refuses a call %s, and keeps nothing', async (_what, signature) => {
    const before = await countEvents();
    expect(await post('{}', signature)).toBe(403);
    expect(await countEvents()).toBe(before);
  });

  test('refuses what is over 4 MiB', async () => {
    const body = Buffer.alloc(4 * 1024 * 1024 + 1, 0x20);
    expect(await post(body, sign(body))).toBe(413);
  });

  test.each([['{}'], ['nonsense'], [''], ['{"topic":"mdm.Connect","acknowledge_event":{}}'], ['[1,2]']])(
    'takes an authentic %j for what it is: nothing',
    async (body) => {
      const before = await countEvents();
      expect(await post(body, sign(body))).toBe(200);
      expect(await countEvents()).toBe(before);
    },
  );

  test('answers 500 when an event cannot be stored, and 200 when it can again', async () => {
    const enrolled = await world.enrolledMac(owner);
    const body = JSON.stringify({ ...lastEventOf(enrolled, 'mdm.Connect'), event_id: 'stored later' });
    await sql`alter table nanomdm_events rename to nanomdm_events_away`.execute(world.server.database);
    const while_away = await post(body, sign(body));
    await sql`alter table nanomdm_events_away rename to nanomdm_events`.execute(world.server.database);
    expect(while_away).toBe(500);
    expect(await post(body, sign(body))).toBe(200);
  });
});

describe('an authentic event', () => {
  test.each([
    ['without a query', () => ({})],
    ['with half a query', (params: object) => ({ ...params, proof: undefined })],
    ['with a made-up proof', (params: object) => ({ ...params, proof: 'A'.repeat(43) })],
  ])('%s is nobody’s: a CheckOut ends nothing', async (_what, change) => {
    const enrolled = await world.enrolledMac(owner);
    const event = checkOutOf(enrolled);
    const body = JSON.stringify({
      ...event,
      checkin_event: { ...event.checkin_event, url_params: change(event.checkin_event?.url_params ?? {}) },
    });
    expect(await post(body, sign(body))).toBe(200);
    await world.pass(1000);
    expect(await stateOf(enrolled)).toBe('active');
  });

  test('that proves one Mac and speaks of another is refused', async () => {
    const [mine, victim] = [await world.enrolledMac(owner), await world.enrolledMac(owner)];
    const event = checkOutOf(victim);
    const { url_params } = lastEventOf(mine, 'mdm.TokenUpdate').checkin_event ?? { url_params: {} };
    const body = JSON.stringify({ ...event, checkin_event: { ...event.checkin_event, url_params } });
    expect(await post(body, sign(body))).toBe(200);
    await world.pass(1000);
    expect([await stateOf(mine), await stateOf(victim)]).toEqual(['active', 'active']);
    expect(world.logged()).toContain('another-udid');
  });

  test('of the Mac itself is heard', async () => {
    const enrolled = await world.enrolledMac(owner);
    const body = JSON.stringify(checkOutOf(enrolled));
    expect(await post(body, sign(body))).toBe(200);
    await until(
      () => stateOf(enrolled),
      (state) => state === 'ended',
    );
  });

  test('is kept sealed, and its message goes when it is heard', async () => {
    const enrolled = await world.enrolledMac(owner);
    const stored = (await world.person(owner)).store(
      enrolled.device.id,
      enrolled.mac.paper.currentRecoveryKey ?? '',
    );
    expect(await stored).toMatchObject({ state: 'saved' });
    await world.nanoMdm.webhook.settled();
    await world.pass(1000);
    const { rows } = await sql<{ sealed: Buffer | null; state: string }>`
      select sealed, state from nanomdm_events where nanomdm_id = ${enrolled.mac.identity.udid}`.execute(
      world.server.database,
    );
    expect(rows.length).toBeGreaterThan(4);
    expect(rows.every(({ state, sealed }) => state === 'done' && sealed === null)).toBe(true);
  });
});

test('our own PUT /mdm refuses the Macs that NanoMDM speaks with', async () => {
  const { mac } = await world.enrolledMac(owner);
  const response = await fetch(new URL('/mdm', world.server.url), {
    method: 'PUT',
    body: `<plist><dict><key>UDID</key><string>${mac.identity.udid}</string></dict></plist>`,
  });
  expect(response.status).toBe(400);
});

test('the certificate that NanoMDM has to trust can be fetched', async () => {
  const response = await fetch(new URL('/nanomdm/device-ca.pem', world.server.url));
  const pem = await response.text();
  const der = Buffer.from(pem.replaceAll(/-----[^-]+-----|\s/g, ''), 'base64');
  expect(parseCertificate(der).notAfter > new Date()).toBe(true);
});

test('a Mac whose place at NanoMDM another certificate has taken is handed no command', async () => {
  const victim = await world.enrolledMac(owner);
  victim.mac.setBehaviour(asleep);
  const thief = await world.fleet.addMac({
    identity: { udid: victim.mac.identity.udid, serialNumber: 'C02STRANGER1' },
  });
  const stranger = await world.person('employee@example.com');
  await thief.enroll(await stranger.enrollmentProfile());
  await world.nanoMdm.webhook.settled();
  await world.pass(1000);
  const taken = () => world.nanoMdm.enqueuedFor(victim.mac.identity.udid);
  const before = taken().length;
  const someone = await world.person(owner);
  const stored = someone.store(victim.device.id, victim.mac.paper.currentRecoveryKey ?? '');
  const end = stored.catch(() => null);
  for (let times = 0; times < 3; times += 1) await world.pass(minutes(2));
  const { attempt } = await (await world.person(owner)).device(victim.device.id);
  expect(attempt).toMatchObject({ state: 'waiting-for-device' });
  expect(taken()).toHaveLength(before);
  expect(world.logged()).toContain('taken-over');

  // The Mac itself is back with a new enrollment: it has its place again.
  await victim.mac.enroll(await (await world.person(owner)).enrollmentProfile());
  expect(await end).toMatchObject({ state: 'failed', reason: 're-enrolled' });
  victim.mac.setBehaviour(answers);
  await victim.mac.wake();
  await until(
    async () => (await world.person(owner)).device(victim.device.id),
    ({ fileVaultProfile }) => fileVaultProfile === 'acknowledged',
  );
  expect(taken().length).toBeGreaterThan(before);
  await victim.mac.close();
});

/** What NanoMDM would tell of a CheckOut of this Mac. */
function checkOutOf(enrolled: WorldMac): StandInEvent & Required<Pick<StandInEvent, 'checkin_event'>> {
  const { checkin_event: said, ...frame } = lastEventOf(enrolled, 'mdm.TokenUpdate');
  if (said === undefined) throw new Error('no check-in');
  const message = Buffer.from(
    `<plist version="1.0"><dict><key>MessageType</key><string>CheckOut</string><key>Topic</key>` +
      `<string>com.apple.mgmt.x</string><key>UDID</key><string>${enrolled.mac.identity.udid}</string></dict></plist>`,
  );
  const checkin_event = { ...said, raw_payload: message.toString('base64') };
  return { ...frame, topic: 'mdm.CheckOut', event_id: `check-out ${enrolled.device.id}`, checkin_event };
}
