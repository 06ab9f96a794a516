import { createPrivateKey } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { days } from '../../kernel/clock.ts';
import { transaction } from '../../platform/db/database.ts';
import type { Told } from '../overview/http-call.fixture.ts';
import { type PemPair, topicNumber } from './push-certificate.fixture.ts';
import { type PushWorld, pushWorld, settingsPath } from './push-certificate-world.fixture.ts';

/** The topic of the Macs of this world. */
const macTopic = 'com.apple.mgmt.External.test';
let world: PushWorld;
let pair: PemPair;
beforeAll(async () => {
  world = await pushWorld();
  pair = world.maker.make(macTopic);
});
afterAll(async () => {
  expect(world.faults).toEqual([]);
  await world.close();
});

const put = async (body: object): Promise<Told> => world.call(await world.admin(), 'PUT', settingsPath, body);
const shown = async (): Promise<unknown> => (await world.call(await world.admin(), 'GET', settingsPath)).body;
const encrypted = (words: string): string => {
  const { folder } = world.maker;
  folder.write('plain.key', pair.key);
  folder.run(`${words} -in plain.key -out closed.key -passout pass:let-me-in`);
  return folder.read('closed.key').toString();
};
const inUse = async (): Promise<readonly string[]> =>
  (
    await sql<{ id: string }>`select id from push_certificates where state = 'in-use'`.execute(world.database)
  ).rows.map(({ id }) => id);

describe('a push certificate is taken', () => {
  it.each<readonly [string, () => object]>([
    ['as two texts', () => pair],
    ['as one text, the key first', () => ({ certificate: `${pair.key}\n${pair.certificate}` })],
    [
      'with other certificates around it',
      () => ({ ...pair, certificate: world.maker.make('ca').certificate + pair.certificate }),
    ],
    [
      'with a key in PKCS #8 behind a password',
      () => ({ ...pair, key: encrypted('pkcs8 -topk8 -v2 aes256'), password: 'let-me-in' }),
    ],
    [
      'with a key in PKCS #8 in the old 3DES',
      () => ({ ...pair, key: encrypted('pkcs8 -topk8 -v1 PBE-SHA1-3DES'), password: 'let-me-in' }),
    ],
    [
      'with a key in the oldest form, and a password',
      () => ({ ...pair, key: encrypted('rsa -traditional -aes128'), password: 'let-me-in' }),
    ],
    ['as PKCS #12 of today', () => ({ pkcs12: world.maker.pkcs12(pair, 'pass'), password: 'pass' })],
    [
      'as PKCS #12 in 3DES',
      () => ({
        pkcs12: world.maker.pkcs12(pair, 'pass', '-keypbe PBE-SHA1-3DES -certpbe PBE-SHA1-3DES -macalg sha1'),
        password: 'pass',
      }),
    ],
    ['as PKCS #12 without a password', () => ({ pkcs12: world.maker.pkcs12(pair, '') })],
  ])('%s', async (_name, body) => {
    const before = await inUse();
    expect(await put(body())).toMatchObject({
      status: 200,
      body: { state: 'valid', source: 'stored', topic: macTopic, daysLeft: 364, refusedByApple: null },
    });
    const after = await inUse();
    expect(after).toHaveLength(1);
    expect(after).not.toEqual(before);
    expect((await world.certificates.identity())?.topic).toBe(macTopic);
  });
});

describe('a push certificate is refused, and nothing changes,', () => {
  let before: unknown;
  beforeEach(async () => {
    if ((await inUse()).length === 0) await put(pair);
    before = await inUse();
  });
  it.each<readonly [string, number, string, () => object]>([
    ['when there is no certificate', 422, 'unreadable', () => ({ certificate: 'none', key: pair.key })],
    [
      'when it is no certificate inside',
      422,
      'unreadable',
      () => ({ ...pair, certificate: pair.certificate.replaceAll(/[a-m]/g, 'b') }),
    ],
    [
      'when its key is no key',
      422,
      'unreadable',
      () => ({ ...pair, key: pair.key.replaceAll(/[a-m]/g, 'b') }),
    ],
    ['when a file is none', 422, 'unreadable', () => ({ pkcs12: 'AAAA', password: '' })],
    [
      'when the password of the key is another',
      422,
      'password',
      () => ({ ...pair, key: encrypted('pkcs8 -topk8'), password: 'other' }),
    ],
    [
      'when the password of the key is missing',
      422,
      'password',
      () => ({ ...pair, key: encrypted('pkcs8 -topk8') }),
    ],
    [
      'when the password of the file is another',
      422,
      'password',
      () => ({ pkcs12: world.maker.pkcs12(pair, 'pass'), password: 'word' }),
    ],
    [
      'when the file is of the old RC2',
      422,
      'old-cipher',
      () => ({ pkcs12: world.maker.pkcs12(pair, 'pass', '-legacy'), password: 'pass' }),
    ],
    [
      'when its key is on a curve',
      422,
      'not-rsa',
      () => world.maker.make(macTopic, { key: 'ec -pkeyopt ec_paramgen_curve:P-256' }),
    ],
    ['when its key is short', 422, 'not-rsa', () => world.maker.make(macTopic, { key: 'rsa:1024' })],
    ['when it comes alone and answers no request', 422, 'no-key', () => ({ certificate: pair.certificate })],
    [
      "when the key is another's",
      422,
      'key-differs',
      () => ({ ...pair, key: world.maker.make(macTopic).key }),
    ],
    ['when it is for apps', 422, 'no-topic', () => world.maker.make('com.example.app')],
    ['when its topic is the bare prefix', 422, 'no-topic', () => world.maker.make('com.apple.mgmt.')],
  ])('%s', async (_name, status, code, body) => {
    expect(await put(body())).toMatchObject({ status, body: { code: `push-certificate-${code}` } });
    expect(await inUse()).toEqual(before);
    const { rows } = await sql<{ action: string; detail: unknown }>`
      select action, detail from audit_notes order by at desc, id desc limit 1`.execute(world.database);
    expect(rows).toEqual([
      { action: 'push-certificate.refused', detail: { reason: `push-certificate-${code}` } },
    ]);
  });

  it('before its first day and after its last', async () => {
    const brief = world.maker.make(macTopic, { days: 3 });
    world.clock.advance(-days(1));
    expect((await put(brief)).body).toMatchObject({ code: 'push-certificate-not-yet-valid' });
    world.clock.advance(days(1 + 4));
    const later = await world.person('Zoe', 'administrator');
    const told = await world.call(later, 'PUT', settingsPath, brief);
    expect(told.body).toMatchObject({ code: 'push-certificate-expired' });
    world.clock.advance(-days(4));
    expect(await inUse()).toEqual(before);
  });

  it('with another topic while a Mac is enrolled with the present one, and only so long', async () => {
    const mac = await world.mac(await world.person('Emma'));
    const other = world.maker.make(topicNumber(7));
    expect(await shown()).toMatchObject({ enrolledMacs: 1 });
    expect(await put(other)).toMatchObject({ status: 409, body: { code: 'push-certificate-other-topic' } });
    expect(await inUse()).toEqual(before);
    await sql`update enrollments set state = 'ended' where id = ${mac.enrollment}`.execute(world.database);
    expect(await put(other)).toMatchObject({ status: 200, body: { topic: topicNumber(7), enrolledMacs: 0 } });
    await sql`update enrollments set state = 'active' where id = ${mac.enrollment}`.execute(world.database);
    expect(await world.certificates.countUnreachable()).toBe(1);
    await sql`update enrollments set state = 'ended' where id = ${mac.enrollment}`.execute(world.database);
    expect(await world.certificates.countUnreachable()).toBe(0);
    expect((await put(pair)).status).toBe(200);
  });
});

it('another of the same topic comes into use while Macs are enrolled, here at once and elsewhere within seconds', async () => {
  await put(pair);
  await world.mac(await world.person('Noah'));
  const [here, there] = [await world.certificates.identity(), await world.elsewhere.identity()];
  expect(here?.id).toBe(there?.id);
  expect((await put(world.maker.make(macTopic))).status).toBe(200);
  const next = await world.certificates.identity();
  expect(next?.id).not.toBe(here?.id);
  expect((await world.elsewhere.identity())?.id).toBe(there?.id);
  world.clock.advance(5000);
  expect((await world.elsewhere.identity())?.id).toBe(next?.id);
});

it('a certificate that was stored stays as it was, and its key does not open in another row', async () => {
  await put(pair);
  const { database, vault } = world;
  for (const change of [
    sql`update push_certificates set topic = 'x' where state = 'in-use'`,
    sql`update push_certificates set state = 'in-use' where state = 'replaced'`,
    sql`delete from push_certificates`,
    sql`truncate push_certificates`,
  ]) {
    await expect(transaction(database, (tx) => change.execute(tx))).rejects.toThrow(
      /push certificate|emptied/,
    );
  }
  const [id = ''] = await inUse();
  await transaction(database, async (tx) => {
    await sql`alter table push_certificates disable trigger keep_push_certificate`.execute(tx);
    await sql`update push_certificates set sealed_private_key =
      (select sealed_private_key from push_certificates where state = 'replaced' limit 1)
      where id = ${id}`.execute(tx);
  });
  // Safe because it is the id that the table has.
  await expect(vault.openPushIdentity(id as never)).rejects.toThrow(/seal|open/i);
  await sql`alter table push_certificates enable trigger keep_push_certificate`.execute(database);
  expect((await put(pair)).status).toBe(200);
});

it('no key stands in the database in plain, nor in any answer', async () => {
  const told = await put(pair);
  const der = createPrivateKey(pair.key).export({ format: 'der', type: 'pkcs8' });
  const piece = der.subarray(200, 260);
  const { rows } = await sql<{ all: string }>`
    select string_agg(t::text, '') as all from (select p.* from push_certificates p) t`.execute(
    world.database,
  );
  const texts = [rows[0]?.all ?? '', told.text, JSON.stringify(await shown())];
  expect(texts[0]?.length).toBeGreaterThan(1000);
  for (const text of texts) {
    expect(text).not.toContain(piece.toString('hex'));
    expect(text).not.toContain('PRIVATE KEY');
    expect(text).not.toContain(pair.key.split('\n')[5]);
  }
});

it('a Mac can be offered enrollment only once there is a certificate, and gets its topic', async () => {
  const fresh = await pushWorld();
  const emma = await fresh.person('Emma');
  expect(await fresh.call(emma, 'POST', '/enrollments', {})).toMatchObject({
    status: 409,
    body: { code: 'push-certificate-missing' },
  });
  expect((await fresh.call(await fresh.admin(), 'GET', settingsPath)).body).toEqual({
    state: 'missing',
    source: 'none',
    topic: null,
    notBefore: null,
    notAfter: null,
    daysLeft: null,
    enrolledMacs: 0,
    refusedByApple: null,
  });
  await fresh.call(await fresh.admin(), 'PUT', settingsPath, fresh.maker.make(topicNumber(9)));
  const offered = await fresh.call(emma, 'POST', '/enrollments', {});
  expect(offered.status).toBe(201);
  const { profileUrl } = offered.body as { readonly profileUrl: string };
  const profile = await fresh.call(emma, 'GET', `${profileUrl.slice('/api/v1'.length)}?unsigned=1`);
  expect(profile.text).toContain(`<string>${topicNumber(9)}</string>`);
  await fresh.close();
});

it('every declared answer of the certificate is given', async () => {
  const { call } = world;
  const emma = await world.person('Emma');
  const admin = await world.admin();
  world.refused = '403 BadCertificate';
  expect((await call(admin, 'GET', settingsPath)).body).toMatchObject({
    refusedByApple: '403 BadCertificate',
  });
  world.refused = null;
  for (const method of ['GET', 'PUT'] as const) {
    const body = method === 'GET' ? undefined : pair;
    expect((await call(null, method, settingsPath, body)).status).toBe(401);
    expect((await call(emma, method, settingsPath, body)).status).toBe(403);
    expect((await call(await world.person('Hugo', 'help-desk'), method, settingsPath, body)).status).toBe(
      403,
    );
  }
  for (const body of [{}, { key: pair.key }, { ...pair, pkcs12: 'AAAA' }, { pkcs12: 'no base64!' }]) {
    expect(await call(admin, 'PUT', settingsPath, body)).toMatchObject({
      status: 400,
      body: { code: 'invalid-request' },
    });
  }
  expect((await call(admin, 'PUT', settingsPath, { certificate: 'x'.repeat(70_000) })).status).toBe(413);
});
