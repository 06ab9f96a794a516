import { randomBytes } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { hours, minutes } from '../../kernel/clock.ts';
import { randomIds } from '../../kernel/id.ts';
import { topicNumber } from '../../modules/push-certificate/push-certificate.fixture.ts';
import { apnsPush } from './apns.ts';
import { whyBroken } from './apns-connection.ts';
import { type ApnsWorld, apnsWorld, first, later, now, renewed, seen, topic } from './apns-world.fixture.ts';

const worlds: ApnsWorld[] = [];
afterEach(async () => {
  for (const { close } of worlds.splice(0)) await close();
});
async function opened(options?: Parameters<typeof apnsWorld>[0]): Promise<ApnsWorld> {
  const world = await apnsWorld(options);
  worlds.push(world);
  return world;
}

describe('the connection', () => {
  it('takes another certificate without a restart, and what is under way on the old one ends well', async () => {
    const w = await opened();
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
    const w = await opened({ maxConcurrentStreams: 3 });
    const outcomes = await Promise.all(Array.from({ length: 50 }, () => w.send()));
    expect(new Set(outcomes)).toEqual(new Set(['sent']));
    expect(w.apns.seen.mostStreams).toBe(3);
    expect(w.apns.seen.connections).toHaveLength(1);
  });

  it.each([0, 2])('after a GOAWAY (code %d) sends again what was not looked at', async (code) => {
    const w = await opened();
    await w.send();
    w.apns.next({ goaway: 'Shutdown', code, processed: false });
    expect(await w.send()).toBe('sent');
    expect(w.apns.seen.connections).toHaveLength(2);
    expect(w.faults).toEqual(['goaway Shutdown']);
  });

  it('after a GOAWAY never sends again what may have been looked at', async () => {
    const w = await opened();
    w.apns.next({ goaway: 'Shutdown', processed: true });
    expect(await w.send()).toBe('not-sent');
    expect(w.apns.seen.requests).toBe(1);
    expect(await w.send()).toBe('sent');
  });

  it('sends a refused stream again, but not for ever', async () => {
    const w = await opened();
    w.apns.next({ refuseStream: true });
    expect(await w.send()).toBe('sent');
    w.apns.next({ refuseStream: true }, { refuseStream: true }, { refuseStream: true });
    expect(await w.send()).toBe('not-sent');
    expect(w.apns.seen.requests).toBe(5);
  });

  it('that breaks in the middle is not taken for an answer, and the next push opens another', async () => {
    const w = await opened();
    w.apns.next({ drop: true });
    expect(await w.send()).toBe('not-sent');
    expect(await w.send()).toBe('sent');
    expect(w.apns.seen.requests).toBe(2);
  });

  it('one push that hangs keeps no other waiting, and ends in its time', async () => {
    const w = await opened({ timing: { answerMs: 400 } });
    w.apns.next({ hang: true });
    const hanging = w.send();
    await seen(() => w.apns.seen.requests === 1);
    expect(await w.send()).toBe('sent');
    expect(await hanging).toBe('not-sent');
    expect(w.apns.seen.connections).toHaveLength(1);
  });

  it('that owes an answer and is dead is replaced without waiting for the next ping', async () => {
    const w = await opened({ timing: { answerMs: 200, pongMs: 100 } });
    await w.send();
    w.apns.freeze();
    expect(await w.send()).toBe('not-sent');
    await seen(() => w.faults.includes('no-pong'));
    expect(await w.send()).toBe('sent');
  });

  it('whose streams all hang lets those that wait go in their time', async () => {
    const w = await opened({ maxConcurrentStreams: 1, timing: { connectMs: 200, answerMs: 200 } });
    w.apns.next(...Array.from({ length: 9 }, () => ({ hang: true }) as const));
    const outcomes = await Promise.all(Array.from({ length: 30 }, () => w.send()));
    expect(new Set(outcomes)).toEqual(new Set(['not-sent']));
    expect(w.apns.seen.requests).toBeLessThan(9);
  });

  it('that is dead is noticed by a ping, and replaced', async () => {
    const w = await opened({ timing: { pingEveryMs: 50, pongMs: 100 } });
    await w.send();
    w.apns.freeze();
    await seen(() => w.faults.includes('no-pong'));
    expect(await w.send()).toBe('sent');
    expect(w.apns.seen.connections).toHaveLength(2);
  });

  it('is not made without a certificate, nor for a Mac with the topic of another', async () => {
    const w = await opened();
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
    const w = await opened();
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
    expect(
      await push.send({
        enrollment: randomIds.next<'enrollment'>(),
        topic,
        token: randomBytes(32),
        magic: 'M',
      }),
    ).toBe('not-sent');
    await push.close();
  });
});
