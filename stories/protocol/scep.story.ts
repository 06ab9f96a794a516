import { createHash, generateKeyPairSync, X509Certificate } from 'node:crypto';
import { selfSigned } from '@keyhaven/apple-mdm/oracle/identities';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dumpDatabase } from '../database-dump.ts';
import { type BenchWorld, startBenchWorld } from '../faults/bench-world.ts';
import { send } from '../faults/mac-voice.ts';
import { certificateIn, postScep, scepRequest } from './hand-made-mac.ts';
import { offeredProfile } from './offered-profile.ts';

const owner = 'employee@example.com';
let world: BenchWorld;
beforeAll(async () => {
  world = await startBenchWorld();
});
afterAll(() => world.close());

const offered = () => offeredProfile(world, owner);

describe('the SCEP door', () => {
  it('2.1-1 tells its capabilities and its certificate in either order, with and without a message', async () => {
    const { scepUrl } = await offered();
    const ask = async (query: string) =>
      Buffer.from(await (await fetch(`${scepUrl}?${query}`)).arrayBuffer());
    const [caps, cert] = ['operation=GetCACaps', 'operation=GetCACert'];
    const answers = [
      await ask(caps),
      await ask(cert),
      await ask(`${caps}&message=x`),
      await ask(`message=x&${cert}`),
    ];
    expect(answers[0]?.toString()).toContain('POSTPKIOperation');
    expect([answers[2], answers[3]]).toEqual([answers[0], answers[1]]);
  });

  it('2.3-1 hands out one certificate in DER, by the type that macOS compares', async () => {
    const { scepUrl, caFingerprint } = await offered();
    const answer = await fetch(`${scepUrl}?operation=GetCACert`);
    expect(answer.headers.get('content-type')).toBe('application/x-x509-ca-cert');
    const bytes = Buffer.from(await answer.arrayBuffer());
    expect(new X509Certificate(bytes).raw).toEqual(bytes);
    expect(createHash('sha256').update(bytes).digest()).toEqual(caFingerprint);
  });

  it('2.1-2 2.1-3 2.6-5 takes one request by POST of any type and by GET, and answers with one certificate', async () => {
    const offer = await offered();
    const request = await scepRequest(offer, selfSigned('Mac'), offer.challenge);
    const address = `${offer.scepUrl}?operation=PKIOperation`;
    const first = certificateIn((await postScep(offer, request)).body, request);
    expect(first).not.toBe(null);
    for (const type of [
      'application/x-pki-message',
      'text/plain',
      'application/json',
      'application/octet-stream',
    ]) {
      const { status, body } = await send(address, 'POST', request.message, { 'Content-Type': type });
      expect([status, certificateIn(body, request)]).toEqual([200, first]);
    }
    const base64 = request.message.toString('base64');
    for (const message of [base64, encodeURIComponent(base64), request.message.toString('base64url')]) {
      const { status, body } = await send(`${address}&message=${message}`, 'GET', Buffer.alloc(0), {});
      expect([status, certificateIn(body, request)]).toEqual([200, first]);
    }
  });

  it('2.6-5 gives the same transaction with another key no certificate, and changes nothing for the first', async () => {
    const offer = await offered();
    const request = await scepRequest(offer, selfSigned('Mac'), offer.challenge);
    const first = certificateIn((await postScep(offer, request)).body, request);
    const other = await scepRequest(offer, selfSigned('Mac'), offer.challenge);
    expect(certificateIn((await postScep(offer, other)).body, other)).toBe(null);
    expect(certificateIn((await postScep(offer, request)).body, request)).toEqual(first);
  });

  it('2.6-9 gives one certificate for a challenge that several keys bring at the same time', async () => {
    const offer = await offered();
    const keys = Array.from({ length: 6 }, (_, index) => selfSigned(`Mac ${index}`));
    const requests = await Promise.all(keys.map((key) => scepRequest(offer, key, offer.challenge)));
    const replies = await Promise.all(requests.map((request) => postScep(offer, request)));
    expect(replies.map(({ status }) => status)).toEqual(keys.map(() => 200));
    const given = replies.map(({ body }, index) => {
      const request = requests[index];
      return request === undefined ? null : certificateIn(body, request);
    });
    expect(given.filter((each) => each !== null)).toHaveLength(1);
  });

  it('9-8 2.6-7 gives EC keys and short ones no certificate, and their challenge is not used up', async () => {
    const offer = await offered();
    const keys = [
      generateKeyPairSync('ec', { namedCurve: 'P-256' }),
      generateKeyPairSync('rsa', { modulusLength: 1024 }),
      generateKeyPairSync('rsa', { modulusLength: 2048, publicExponent: 3 }),
    ];
    for (const key of keys) {
      const request = await scepRequest(offer, key, offer.challenge);
      const { status, body } = await postScep(offer, request);
      expect([status, body.length > 0, certificateIn(body, request)]).toEqual([200, true, null]);
    }
    const request = await scepRequest(offer, selfSigned('Mac'), offer.challenge);
    expect(certificateIn((await postScep(offer, request)).body, request)).not.toBe(null);
  });

  it('9-9 9-11 answers a message with a changed octet with 400 or a refusal, and uses no challenge up by it', async () => {
    const offer = await offered();
    const request = await scepRequest(offer, selfSigned('Mac'), offer.challenge);
    const { message, signer } = request;
    // The throw-away certificate of the client vouches for nothing: what of it may change is its own affair.
    const vouched = message.indexOf(signer.certificate.der);
    const end = vouched + signer.certificate.der.length;
    expect(vouched).toBeGreaterThan(0);
    for (let at = 0; at < message.length; at += 41) {
      if (at >= vouched && at < end) continue;
      const changed = Buffer.from(message);
      changed[at] = (changed[at] ?? 0) ^ 1;
      const { status, body } = await postScep(offer, { ...request, message: changed });
      expect([200, 400], `octet ${at}`).toContain(status);
      expect(certificateIn(body, request), `octet ${at}`).toBe(null);
    }
    expect(certificateIn((await postScep(offer, request)).body, request)).not.toBe(null);
  });

  it('2.5-1 answers success and refusal alike: 200 and its own type', async () => {
    const offer = await offered();
    for (const challenge of ['wrong', offer.challenge]) {
      const request = await scepRequest(offer, selfSigned('Mac'), challenge);
      const from = world.exchanges.length;
      const { status, body } = await postScep(offer, request);
      expect([status, certificateIn(body, request) === null]).toEqual([200, challenge === 'wrong']);
      const heads = world.exchanges
        .slice(from)
        .map(({ response }) => response?.bytes.toString('latin1') ?? '');
      expect(heads).toHaveLength(1);
      expect(heads[0]).toMatch(/\r\ncontent-type: application\/x-pki-message\r\n/iu);
    }
  });
});

describe('a challenge', () => {
  it('2.6-1 is 24 random bytes, another in each profile', async () => {
    const challenges = [];
    for (let count = 0; count < 5; count += 1) challenges.push((await offered()).challenge);
    for (const challenge of challenges) expect(Buffer.from(challenge, 'base64url')).toHaveLength(24);
    expect(new Set(challenges).size).toBe(5);
  });

  it('2.6-2 stands nowhere in the database, but as a digest, and in no log', async () => {
    const { challenge, enrollment } = await offered();
    const dumped = Buffer.concat((await dumpDatabase(world.connectionString)).map(({ bytes }) => bytes));
    const spellings = [
      challenge,
      Buffer.from(challenge).toString('hex'),
      Buffer.from(challenge).toString('base64'),
    ];
    for (const spelling of spellings) {
      expect(dumped.includes(spelling)).toBe(false);
      expect(world.logged().includes(spelling)).toBe(false);
    }
    expect(dumped.includes(Buffer.from(challenge, 'base64url'))).toBe(false);
    expect(dumped.includes(createHash('sha256').update(challenge).digest())).toBe(true);
    expect(dumped.includes(enrollment)).toBe(true);
  });
});
