import { X509Certificate } from 'node:crypto';
import { afterAll, describe, expect, it } from 'vitest';
import { makeAuthority } from '../certificates.fixture.ts';
import { certificateFindings, type ServedCertificate } from './certificate-findings.ts';

const host = 'keys.example.test';
const authority = makeAuthority();
const certificate = new X509Certificate(authority.issue(host).cert);
afterAll(() => authority.remove());

const end = certificate.validToDate.getTime();
const before = (days: number): Date => new Date(end - days * 86_400_000 - 1000);
const served: ServedCertificate = {
  certificate: certificate.raw,
  host,
  protocol: 'TLSv1.3',
  untrusted: null,
  isPublic: true,
  isCarried: null,
  now: before(60),
};
const judge = (more: Partial<ServedCertificate> = {}) => certificateFindings({ ...served, ...more });

describe('a certificate', () => {
  it('that every browser takes is fine, with the days it has left', () => {
    expect(judge()).toEqual([
      { state: 'ok', found: `${host} has a complete chain, a certificate for 60 more days, and TLSv1.3` },
    ]);
  });

  it.each([
    [30, 'ok', ''],
    [29, 'warning', 'under way'],
    [14, 'warning', 'under way'],
    [13, 'warning', 'this week'],
    [7, 'warning', 'this week'],
    [6, 'warning', 'now'],
    [0, 'warning', 'now'],
  ])('with %d whole days left is %s', (days, state, next) => {
    const [finding] = judge({ now: before(days) });
    expect(finding?.state).toBe(state);
    expect(JSON.stringify(finding)).toContain(next);
  });

  it('that has ended fails once, and names the clock', () => {
    const now = new Date(end + 1);
    const findings = judge({ now, untrusted: 'CERT_HAS_EXPIRED' });
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({ state: 'failed', found: expect.stringContaining('ended on') });
    expect(findings[0]).toMatchObject({ found: expect.stringContaining(now.toISOString().slice(0, 10)) });
  });

  it('that has not begun is first a matter of the clock', () => {
    const now = new Date(certificate.validFromDate.getTime() - 1000);
    const [finding, ...rest] = judge({ now, untrusted: 'CERT_NOT_YET_VALID' });
    expect(finding).toMatchObject({ state: 'failed', next: expect.stringMatching(/^Look at the clock/) });
    expect(rest).toEqual([]);
  });

  it.each(['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID'])(
    'that holds below one that does not (%s) is told from one that does not itself',
    (untrusted) => {
      expect(judge({ untrusted })).toMatchObject([
        { state: 'failed', found: expect.stringContaining('a certificate above that of') },
      ]);
    },
  );

  it('for another name fails', () => {
    expect(judge({ host: 'other.example.test' })).toMatchObject([
      { state: 'failed', found: expect.stringContaining('another name') },
    ]);
    expect(judge({ host: '192.0.2.1' })).toMatchObject([{ state: 'failed' }]);
  });

  it('of a private authority is a warning that speaks of the profile', () => {
    expect(judge({ isPublic: false })).toMatchObject([
      { state: 'warning', next: expect.stringContaining('KEYHAVEN_TLS_ROOT') },
    ]);
  });

  it('of the root that Macs are given is fine, also where this machine does not know that', () => {
    const untrusted = 'UNABLE_TO_VERIFY_LEAF_SIGNATURE';
    for (const more of [{}, { untrusted }])
      expect(judge({ isPublic: false, isCarried: true, ...more })).toMatchObject([
        { state: 'ok', found: expect.stringContaining('Macs get its root') },
      ]);
    expect(judge({ isPublic: true, isCarried: false })).toMatchObject([{ state: 'ok' }]);
  });

  it('of another root than Macs are given fails', () => {
    expect(judge({ isPublic: false, isCarried: false })).toMatchObject([
      { state: 'failed', found: expect.stringContaining('KEYHAVEN_TLS_ROOT') },
    ]);
  });

  it.each([
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'signed by itself'],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'a root that this machine does not know'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'intermediate is missing'],
    ['UNABLE_TO_GET_ISSUER_CERT', 'intermediate is missing'],
    ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'intermediate is missing'],
    ['CERT_SIGNATURE_FAILURE', 'CERT_SIGNATURE_FAILURE'],
  ])('whose chain does not hold (%s) fails', (untrusted, words) => {
    expect(judge({ untrusted, isPublic: false })).toMatchObject([
      { state: 'failed', found: expect.stringContaining(words) },
    ]);
  });
});
