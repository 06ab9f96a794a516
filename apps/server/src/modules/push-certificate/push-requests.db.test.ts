import { type PushCertificateRequest, pushCertificateRequest } from '@keyhaven/api-contract/push-certificate';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { transaction } from '../../platform/db/database.ts';
import type { Told } from '../overview/http-call.fixture.ts';
import { topicNumber } from './push-certificate.fixture.ts';
import { type PushWorld, pushWorld, settingsPath } from './push-certificate-world.fixture.ts';

const requestsPath = `${settingsPath}/requests`;
const account = { email: 'ada@example.com', apiKey: 'not-a-real-api-key' };
let world: PushWorld;
beforeAll(async () => {
  world = await pushWorld();
});
afterAll(async () => {
  expect(world.faults).toEqual([]);
  await world.close();
});

const ask = async (body: object = {}): Promise<PushCertificateRequest> => {
  const told = await world.call(await world.admin(), 'POST', requestsPath, body);
  expect(told.status).toBe(201);
  return pushCertificateRequest.parse(told.body);
};
const decrypt = async (id: string, answer: string): Promise<Told> =>
  world.call(await world.admin(), 'POST', `${requestsPath}/${id}/decrypt`, { answer });
/** What mdmcert.download would mail: `text` encrypted to the certificate of the call, in hexadecimal. */
function mailed({ mdmcertDownload }: PushCertificateRequest, text: string, cipher: string): string {
  const { folder } = world.maker;
  folder.write('to.pem', Buffer.from(mdmcertDownload?.body.encrypt ?? '', 'base64'));
  folder.write('text', text);
  folder.run(`smime -encrypt -binary ${cipher} -in text -outform DER -out mail.der to.pem`);
  return folder.read('mail.der').toString('hex');
}
const signed = Buffer.from(`<?xml version="1.0"?><plist>${'x'.repeat(3000)}</plist>`).toString('base64');

it('a request is one that openssl finds good, for a key of 2048 bits, in the name of the organization', async () => {
  const { request, mdmcertDownload } = await ask();
  const { folder } = world.maker;
  folder.write('asked.pem', request);
  const text = folder.run('req -in asked.pem -verify -noout -text');
  expect(text).toContain('Public-Key: (2048 bit)');
  expect(text).toMatch(/Subject: CN ?= ?Example/);
  expect(mdmcertDownload).toBeNull();
});

it('a certificate alone is taken when it answers a request of ours, however many were made', async () => {
  const [first, second] = [await ask({ commonName: 'One' }), await ask({ commonName: 'Two' })];
  for (const { request } of [second, first]) {
    const certificate = world.maker.answer(request, topicNumber(3));
    const told = await world.call(await world.admin(), 'PUT', settingsPath, { certificate });
    expect(told).toMatchObject({ status: 200, body: { topic: topicNumber(3), source: 'stored' } });
    const identity = await world.certificates.identity();
    expect(identity?.secureContext()).toBeDefined();
  }
});

it('what mdmcert.download is to be sent is written down, and nobody is called', async () => {
  const { request, mdmcertDownload } = await ask({ mdmcertDownload: account });
  expect(mdmcertDownload).toMatchObject({
    url: 'https://mdmcert.download/api/v1/signrequest',
    body: { email: account.email, key: account.apiKey, csr: Buffer.from(request).toString('base64') },
  });
  const encrypt = Buffer.from(mdmcertDownload?.body.encrypt ?? '', 'base64').toString();
  expect(encrypt).toMatch(/^-----BEGIN CERTIFICATE-----\n/);
  const { rows } = await sql<{ any: string }>`
    select string_agg(r::text, '') as any from push_certificate_requests r`.execute(world.database);
  expect(rows[0]?.any).not.toContain(account.apiKey);
});

// Single DES is what mdmcert.download writes.
it.each(['-aes-256-cbc', '-des3', '-provider legacy -provider default -des-cbc'])(
  'the mail that answers a request opens to what Apple takes (%s)',
  async (cipher) => {
    const asked = await ask({ mdmcertDownload: account });
    const hex = mailed(asked, signed, cipher);
    expect(await decrypt(asked.id, hex)).toMatchObject({ status: 200, body: { request: `${signed}\n` } });
    const folded = hex.toUpperCase().replaceAll(/.{64}/g, '$&\r\n');
    expect((await decrypt(asked.id, folded)).body).toEqual({ request: `${signed}\n` });
  },
);

it('a mail for another request, a changed one and one with something else in it are refused', async () => {
  const [asked, other] = [await ask({ mdmcertDownload: account }), await ask({ mdmcertDownload: account })];
  const hex = mailed(other, signed, '-aes-256-cbc');
  const noise = mailed(asked, '\u0001\u0002', '-aes-256-cbc');
  for (const answer of [hex, hex.slice(0, 200), '00', 'abc', noise]) {
    expect(await decrypt(asked.id, answer)).toMatchObject({
      status: 422,
      body: { code: 'push-request-answer-unreadable' },
    });
  }
});

it('every declared answer of a request is given', async () => {
  const { call } = world;
  const emma = await world.person('Emma');
  const { id } = await ask();
  for (const path of [requestsPath, `${requestsPath}/${id}/decrypt`]) {
    const body = path === requestsPath ? {} : { answer: '00' };
    expect((await call(null, 'POST', path, body)).status).toBe(401);
    expect((await call(emma, 'POST', path, body)).status).toBe(403);
    expect((await call(await world.admin(), 'POST', path, { other: 1 })).status).toBe(400);
    expect((await call(await world.admin(), 'POST', path, { answer: '0'.repeat(70_000) })).status).toBe(413);
  }
  // One whose answer comes in plain, one that never was, and no id at all.
  for (const none of [id, '11111111-2222-4333-8444-555555555555', 'none']) {
    expect((await decrypt(none, '00')).status).toBe(404);
  }
});

it('a request is on record, without its key', async () => {
  await ask({ mdmcertDownload: account });
  const { rows } = await transaction(world.database, (tx) =>
    sql<{ detail: object }>`select detail from audit_notes where action = 'push-certificate.requested'
      order by at desc limit 1`.execute(tx),
  );
  expect(Object.keys(rows[0]?.detail ?? {}).toSorted()).toEqual(['encryptedAnswer', 'request']);
});
