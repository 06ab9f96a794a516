import { X509Certificate } from 'node:crypto';
import { afterAll, describe, expect, it } from 'vitest';
import { makeAuthority } from '../certificates.fixture.ts';
import { readPushCertificate } from './push-certificate-check.ts';
import {
  type PushCertificateFacts,
  pushCertificateFindings,
  pushConnectionFinding,
} from './push-certificate-findings.ts';

const authority = makeAuthority();
afterAll(() => authority.remove());

const topic = 'com.apple.mgmt.External.11111111-2222-3333-4444-555555555555';
const now = new Date('2026-06-01T00:00:00Z');
const days = (count: number): Date => new Date(now.getTime() + count * 86_400_000);
const sound: PushCertificateFacts = {
  certificate: Buffer.from('DER'),
  topic,
  notBefore: days(-100),
  notAfter: days(265),
  keyMatches: true,
  selfSigned: false,
};
const judge = (more: Partial<PushCertificateFacts> = {}) =>
  pushCertificateFindings({ ...sound, ...more }, { topic, now });

describe('a push certificate', () => {
  it('that Apple takes is fine, with days and topic', () => {
    expect(judge()).toEqual([{ state: 'ok', found: `for 265 more days, topic ${topic}` }]);
  });

  it.each<[string, Partial<PushCertificateFacts>, string]>([
    ['30 days left', { notAfter: days(30) }, 'ok'],
    ['29 days left', { notAfter: days(29) }, 'warning'],
    ['ended', { notAfter: now }, 'failed'],
    ['not begun', { notBefore: days(1) }, 'failed'],
    ['another key', { keyMatches: false }, 'failed'],
    ['no key', { keyMatches: null }, 'failed'],
    ['another topic', { topic: 'com.apple.mgmt.External.other' }, 'failed'],
    ['a topic of something else', { topic: 'com.example.app' }, 'failed'],
    ['no topic', { topic: null }, 'failed'],
    ['its own signature', { selfSigned: true }, 'warning'],
  ])('with %s', (_what, more, state) => {
    expect(judge(more)).toMatchObject([{ state }]);
  });

  it('is read from PEM with its topic, and matched with its key', () => {
    const made = authority.selfSigned('x', `/UID=${topic}/CN=APSP`);
    const other = authority.selfSigned('x');
    expect(readPushCertificate(made.cert, made.key)).toMatchObject({
      topic,
      keyMatches: true,
      selfSigned: true,
      certificate: new X509Certificate(made.cert).raw,
    });
    expect(readPushCertificate(made.cert, other.key)?.keyMatches).toBe(false);
    expect(readPushCertificate(made.cert, 'no key')?.keyMatches).toBeNull();
    expect(readPushCertificate(other.cert, other.key)?.topic).toBeNull();
    expect(readPushCertificate(authority.issue('x').cert, made.key)?.selfSigned).toBe(false);
    expect(readPushCertificate('nothing', made.key)).toBeNull();
  });
});

it('the push service is fine when it takes the connection, and fails with words else', () => {
  expect(pushConnectionFinding({ host: 'push', code: null }, '')).toMatchObject({ state: 'ok' });
  expect(pushConnectionFinding({ host: 'push', code: 'ENOTFOUND' }, 'the name is not known')).toMatchObject({
    state: 'failed',
    found: 'push takes no connection: the name is not known',
  });
});
