import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { hours, minutes } from '../../kernel/clock.ts';
import { pushContract } from '../../modules/commands/push.contract.ts';
import type { PushOutcome } from '../../modules/commands/transport.port.ts';
import {
  CertificateMaker,
  type PemPair,
  topicNumber,
} from '../../modules/push-certificate/push-certificate.fixture.ts';
import { checkPushPair } from '../../vault/push-certificate-check.ts';
import { type PushIdentity, pushIdentity } from '../../vault/push-identity.ts';
import { readPushUpload } from '../../vault/push-upload.ts';
import { type ApnsPush, apnsPush } from './apns.ts';
import { whyBroken } from './apns-connection.ts';
import { type ApnsServer, startApnsServer } from './apns-server.fixture.ts';

const maker = new CertificateMaker();
const topic = topicNumber(1);
const server = maker.makeServer();
const first = identityOf(maker.make(topic));
const renewed = identityOf(maker.make(topic));
const now = new Date('2026-11-22T12:00:00Z');
const opened: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0)) await close();
});
afterAll(() => maker.remove());

function identityOf(pair: PemPair): PushIdentity {
  const material = readPushUpload(pair);
  const checked = material.ok ? checkPushPair(material.value, null) : material;
  if (!checked.ok) throw new Error(checked.refusal);
  return pushIdentity({ ...checked.value, id: checked.value.certificate.sha256 });
}

type World = {
  readonly apns: ApnsServer;
  readonly push: ApnsPush;
  readonly faults: string[];
  use: PushIdentity | null;
  mac(): { readonly topic: string; readonly token: Buffer; readonly magic: string };
  send(): Promise<PushOutcome>;
};
async function world(
  options: Parameters<typeof startApnsServer>[1] & {
    readonly timing?: Parameters<typeof apnsPush>[0]['timing'];
  } = {},
): Promise<World> {
  const apns = await startApnsServer(server, options);
  const faults: string[] = [];
  const made: World = {
    apns,
    faults,
    use: first,
    push: apnsPush({
      url: apns.url,
      ca: apns.ca,
      identity: async () => made.use,
      clock: { now: () => now },
      onFault: (why, ours) => void faults.push(ours ? `ours: ${why}` : why),
      ...(options.timing === undefined ? {} : { timing: options.timing }),
    }),
    mac: () => {
      const token = randomBytes(32);
      apns.tokens.set(token.toString('hex'), topic);
      return { topic, token, magic: 'M' };
    },
    send: () => made.push.send(made.mac()),
  };
  opened.push(made.push.close, apns.close);
  return made;
}

pushContract('APNs', async () => {
  const { apns, push, mac } = await world({ maxConcurrentStreams: 20 });
  opened.length = 0;
  return {
    push,
    mac,
    forget: (token) => void apns.tokens.set(token.toString('hex'), null),
    taken: (token) =>
      apns.taken.filter((each) => each.token === token.toString('hex')).map((each) => each.magic),
    stopService: apns.close,
    close: async () => {
      await push.close();
      await apns.close();
    },
  };
});

describe('an answer', () => {
  const cases: readonly (readonly [number, string, PushOutcome, string])[] = [
    [400, 'BadDeviceToken', 'token-refused', '400 BadDeviceToken'],
    [400, 'DeviceTokenNotForTopic', 'token-refused', '400 DeviceTokenNotForTopic'],
    [400, 'BadTopic', later(minutes(15)), 'ours: 400 BadTopic'],
    [400, 'MissingTopic', later(minutes(15)), 'ours: 400 MissingTopic'],
    [400, 'TopicDisallowed', later(minutes(15)), 'ours: 400 TopicDisallowed'],
    [400, 'PayloadEmpty', later(hours(1)), 'ours: 400 PayloadEmpty'],
    [400, 'IdleTimeout', 'not-sent', '400 IdleTimeout'],
    [403, 'BadCertificate', later(minutes(15)), 'ours: 403 BadCertificate'],
    [403, 'BadCertificateEnvironment', later(minutes(15)), 'ours: 403 BadCertificateEnvironment'],
    [404, 'BadPath', later(hours(1)), 'ours: 404 BadPath'],
    [405, 'MethodNotAllowed', later(hours(1)), 'ours: 405 MethodNotAllowed'],
    [410, 'ExpiredToken', 'token-refused', '410 ExpiredToken'],
    [413, 'PayloadTooLarge', later(hours(1)), 'ours: 413 PayloadTooLarge'],
    [429, 'TooManyRequests', later(minutes(5)), '429 TooManyRequests'],
    [500, 'InternalServerError', later(minutes(0.5)), '500 InternalServerError'],
    [503, 'ServiceUnavailable', later(minutes(0.5)), '503 ServiceUnavailable'],
  ];
  let it1: World;
  beforeAll(async () => {
    it1 = await world();
    opened.length = 0;
  });
  afterAll(async () => {
    await it1.push.close();
    await it1.apns.close();
  });
  it.each(cases)('%d %s has the outcome that it should', async (answer, reason, outcome, fault) => {
    it1.faults.length = 0;
    it1.apns.next({ answer, reason });
    expect(await it1.send()).toEqual(outcome);
    expect(it1.faults).toEqual([fault]);
    expect(it1.push.refusedBecause() !== null).toBe(fault.startsWith('ours'));
    expect(await it1.send()).toBe('sent');
    expect(it1.push.refusedBecause()).toBeNull();
    // All on one connection.
    expect(it1.apns.seen.connections).toEqual([topic]);
  });

  it('410 with a timestamp says since when', async () => {
    it1.apns.next({ answer: 410, reason: 'Unregistered', timestamp: 1_763_812_800_000 });
    expect(await it1.send()).toEqual({ kind: 'token-refused', since: new Date(1_763_812_800_000) });
  });

  it('503 again and again is asked ever more rarely, up to a quarter of an hour', async () => {
    const waits: number[] = [];
    for (let count = 0; count < 8; count += 1) {
      it1.apns.next({ answer: 503, reason: 'Shutdown' });
      const outcome = await it1.send();
      if (typeof outcome === 'object' && outcome.kind === 'later') waits.push(outcome.milliseconds / 60_000);
    }
    expect(waits).toEqual([0.5, 1, 2, 4, 8, 15, 15, 15]);
    expect(await it1.send()).toBe('sent');
  });
});

function later(milliseconds: number): PushOutcome {
  return { kind: 'later', milliseconds };
}

describe('the connection', () => {
  it('takes another certificate without a restart, and what is under way on the old one ends well', async () => {
    const w = await world();
    const release = w.apns.hold();
    const before = w.send();
    await seen(() => w.apns.seen.requests === 1);
    w.use = renewed;
    const after = w.send();
    await seen(() => w.apns.seen.requests === 2);
    release();
    expect([await before, await after, await w.send()]).toEqual(['sent', 'sent', 'sent']);
    expect(w.apns.seen.connections).toHaveLength(2);
    expect(w.faults).toEqual([]);
  });

  it('keeps to the number of streams that the service allows, and all get through', async () => {
    const w = await world({ maxConcurrentStreams: 3 });
    const outcomes = await Promise.all(Array.from({ length: 50 }, () => w.send()));
    expect(new Set(outcomes)).toEqual(new Set(['sent']));
    expect(w.apns.seen.mostStreams).toBe(3);
    expect(w.apns.seen.connections).toHaveLength(1);
  });

  it.each([0, 2])('after a GOAWAY (code %d) sends again what was not looked at', async (code) => {
    const w = await world();
    await w.send();
    w.apns.next({ goaway: 'Shutdown', code, processed: false });
    expect(await w.send()).toBe('sent');
    expect(w.apns.seen.connections).toHaveLength(2);
    expect(w.faults).toEqual(['goaway Shutdown']);
  });

  it('after a GOAWAY never sends again what may have been looked at', async () => {
    const w = await world();
    w.apns.next({ goaway: 'Shutdown', processed: true });
    expect(await w.send()).toBe('not-sent');
    expect(w.apns.seen.requests).toBe(1);
    expect(await w.send()).toBe('sent');
  });

  it('sends a refused stream again, but not for ever', async () => {
    const w = await world();
    w.apns.next({ refuseStream: true });
    expect(await w.send()).toBe('sent');
    w.apns.next({ refuseStream: true }, { refuseStream: true }, { refuseStream: true });
    expect(await w.send()).toBe('not-sent');
    expect(w.apns.seen.requests).toBe(5);
  });

  it('that breaks in the middle is not taken for an answer, and the next push opens another', async () => {
    const w = await world();
    w.apns.next({ drop: true });
    expect(await w.send()).toBe('not-sent');
    expect(await w.send()).toBe('sent');
    expect(w.apns.seen.requests).toBe(2);
  });

  it('one push that hangs keeps no other waiting, and ends in its time', async () => {
    const w = await world({ timing: { answerMs: 400 } });
    w.apns.next({ hang: true });
    const hanging = w.send();
    await seen(() => w.apns.seen.requests === 1);
    expect(await w.send()).toBe('sent');
    expect(await hanging).toBe('not-sent');
    expect(w.apns.seen.connections).toHaveLength(1);
  });

  it('that owes an answer and is dead is replaced without waiting for the next ping', async () => {
    const w = await world({ timing: { answerMs: 200, pongMs: 100 } });
    await w.send();
    w.apns.freeze();
    expect(await w.send()).toBe('not-sent');
    await seen(() => w.faults.includes('no-pong'));
    expect(await w.send()).toBe('sent');
  });

  it('whose streams all hang lets those that wait go in their time', async () => {
    const w = await world({ maxConcurrentStreams: 1, timing: { connectMs: 200, answerMs: 200 } });
    w.apns.next(...Array.from({ length: 9 }, () => ({ hang: true }) as const));
    const outcomes = await Promise.all(Array.from({ length: 30 }, () => w.send()));
    expect(new Set(outcomes)).toEqual(new Set(['not-sent']));
    expect(w.apns.seen.requests).toBeLessThan(9);
  });

  it('that is dead is noticed by a ping, and replaced', async () => {
    const w = await world({ timing: { pingEveryMs: 50, pongMs: 100 } });
    await w.send();
    w.apns.freeze();
    await seen(() => w.faults.includes('no-pong'));
    expect(await w.send()).toBe('sent');
    expect(w.apns.seen.connections).toHaveLength(2);
  });

  it('is not made without a certificate, nor for a Mac with the topic of another', async () => {
    const w = await world();
    w.use = null;
    expect(await w.send()).toEqual(later(minutes(15)));
    w.use = first;
    expect(await w.push.send({ ...w.mac(), topic: topicNumber(2) })).toEqual(later(hours(1)));
    expect(w.faults).toEqual(['no-certificate', 'topic-of-another-certificate']);
    expect(w.apns.seen.connections).toEqual([]);
  });

  it('that breaks over our certificate blames the certificate, over anything else nobody', () => {
    const refusals = [
      'ERR_SSL_TLSV1_ALERT_UNKNOWN_CA',
      'ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED',
      'ERR_SSL_SSLV3_ALERT_CERTIFICATE_REVOKED',
      'ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE',
      'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED',
    ];
    const others = ['ECONNRESET', 'CERT_HAS_EXPIRED', 'ERR_SSL_TLSV1_ALERT_INTERNAL_ERROR'];
    expect(new Set(refusals.map((code) => whyBroken(Object.assign(new Error('TLS'), { code }))))).toEqual(
      new Set(['certificate']),
    );
    expect(new Set(others.map((code) => whyBroken(Object.assign(new Error('TLS'), { code }))))).toEqual(
      new Set(['connection']),
    );
  });

  it('to a service that this machine does not trust is not made', async () => {
    const w = await world();
    const push = apnsPush({
      url: w.apns.url,
      identity: async () => first,
      clock: { now: () => now },
      onFault: () => undefined,
    });
    expect(await push.send(w.mac())).toBe('not-sent');
    expect(push.refusedBecause()).toBeNull();
    await push.close();
    expect(w.apns.taken).toEqual([]);
  });

  it('a certificate that cannot be opened is a push for later, and throws nothing', async () => {
    const push = apnsPush({
      url: 'https://127.0.0.1:1',
      identity: async () => Promise.reject(new Error('sealed')),
      clock: { now: () => now },
      onFault: () => undefined,
    });
    expect(await push.send({ topic, token: randomBytes(32), magic: 'M' })).toBe('not-sent');
    await push.close();
  });
});

/** Waits until it holds; the test's own time limit ends a wait for nothing. */
async function seen(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
}
