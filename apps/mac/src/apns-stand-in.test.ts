import { once } from 'node:events';
import { connect, type OutgoingHttpHeaders } from 'node:http2';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type ApnsStandIn, startApnsStandIn } from './apns-stand-in.ts';
import { makeCertificate } from './test-support/openssl.ts';

const TOKEN = 'ab'.repeat(32);
const GONE = 'cd'.repeat(32);
const TOPIC = 'com.apple.mgmt.External.test';
const GOOD = {
  ':method': 'POST',
  ':path': `/3/device/${TOKEN}`,
  'apns-topic': TOPIC,
  'apns-push-type': 'mdm',
  'apns-priority': '10',
  'apns-expiration': '0',
};
const BODY = '{"mdm":"a magic"}';

let apns: ApnsStandIn;
const pushed: string[] = [];
const receiverOf = (token: string) => {
  if (token === GONE) return 'unregistered' as const;
  return token === TOKEN ? { topic: TOPIC, push: (magic: string) => void pushed.push(magic) } : null;
};

beforeAll(async () => {
  apns = await startApnsStandIn({ receiverOf, now: () => new Date(1_800_000_000_000) });
});
beforeEach(() => {
  pushed.length = 0;
});
afterAll(() => apns.close());

async function send(headers: OutgoingHttpHeaders, body: string, url = apns.url) {
  const session = connect(url, { rejectUnauthorized: false });
  const stream = session.request(headers);
  stream.end(body);
  let status = 0;
  let id: unknown;
  stream.on('response', (answer) => {
    status = Number(answer[':status']);
    id = answer['apns-id'];
  });
  let text = '';
  stream.setEncoding('utf8').on('data', (piece: string) => {
    text += piece;
  });
  await once(stream, 'end');
  session.close();
  const said: unknown = text === '' ? null : JSON.parse(text);
  return { status, id, said };
}

describe('APNs', () => {
  test('accepts a push as Apple documents it and wakes the Mac', async () => {
    const answer = await send(GOOD, BODY);
    expect(answer).toMatchObject({ status: 200, said: null });
    expect(answer.id).toMatch(/^[0-9A-F-]{36}$/u);
    expect(pushed).toEqual(['a magic']);
  });

  test.each([
    ['another method', { ':method': 'PUT' }, BODY, 405, 'MethodNotAllowed'],
    ['another path', { ':path': '/4/device/ab' }, BODY, 404, 'BadPath'],
    ['an upper-case token', { ':path': `/3/device/${TOKEN.toUpperCase()}` }, BODY, 400, 'BadDeviceToken'],
    ['an unknown token', { ':path': `/3/device/${'00'.repeat(32)}` }, BODY, 400, 'BadDeviceToken'],
    ['a former token', { ':path': `/3/device/${GONE}` }, BODY, 410, 'Unregistered'],
    ['a topic of others', { 'apns-topic': 'com.apple.mgmt.x' }, BODY, 400, 'DeviceTokenNotForTopic'],
    ['a topic not of MDM', { 'apns-topic': 'org.example.app' }, BODY, 400, 'BadTopic'],
    ['another push type', { 'apns-push-type': 'alert' }, BODY, 400, 'InvalidPushType'],
    ['another priority', { 'apns-priority': '5' }, BODY, 400, 'BadPriority'],
    ['an expiration that is no number', { 'apns-expiration': 'soon' }, BODY, 400, 'BadExpirationDate'],
    ['no body', {}, '', 400, 'PayloadEmpty'],
    ['a body with more in it', {}, '{"mdm":"a magic","aps":{}}', 400, 'BadPayload'],
    ['a body too large', {}, `{"mdm":"${'x'.repeat(5000)}"}`, 413, 'PayloadTooLarge'],
  ] as const)('refuses %s', async (_what, headers, body, status, reason) => {
    const answer = await send({ ...GOOD, ...headers }, body);
    expect(answer).toMatchObject({ status, said: { reason } });
    expect(pushed).toEqual([]);
  });

  test('refuses a push without topic', async () => {
    const { 'apns-topic': _withheld, ...headers } = GOOD;
    expect(await send(headers, BODY)).toMatchObject({ status: 400, said: { reason: 'MissingTopic' } });
  });

  test('speaks TLS where it is given a certificate', async () => {
    const { pem, keyPem } = makeCertificate('localhost');
    const secure = await startApnsStandIn({ receiverOf, tls: { key: keyPem, cert: pem } });
    expect(secure.url).toMatch(/^https:/u);
    expect(await send(GOOD, BODY, secure.url)).toMatchObject({ status: 200 });
    await secure.close();
  });
});
