import { describe, expect, it } from 'vitest';
import { type AddressFacts, addressFindings } from './address-findings.ts';

const facts: AddressFacts = {
  url: new URL('https://keys.example.test'),
  uses: ['people', 'Macs', 'SCEP'],
  production: true,
  unreachable: null,
  status: 200,
  isKeyhaven: true,
  answered: 'mark',
  ours: 'mark',
  serverRuns: true,
  asksForClientCertificate: false,
};
const judge = (more: Partial<AddressFacts> = {}) => addressFindings({ ...facts, ...more });

describe('an address', () => {
  it('that leads to this very installation is fine, and says for whom', () => {
    expect(judge()).toEqual([
      { state: 'ok', found: 'https://keys.example.test leads here, for people, Macs, SCEP' },
    ]);
  });

  it('of another installation fails', () => {
    expect(judge({ answered: 'another' })).toMatchObject([
      { state: 'failed', found: expect.stringContaining('another installation') },
    ]);
  });

  it.each([{ answered: null }, { ours: null }])(
    'of a Keyhaven that cannot be told apart warns: %o',
    (more) => {
      expect(judge(more)).toMatchObject([{ state: 'warning' }]);
    },
  );

  it('of somebody else fails with the status', () => {
    expect(judge({ isKeyhaven: false, status: 404 })).toMatchObject([
      { state: 'failed', found: expect.stringMatching(/somebody else.*404/) },
    ]);
  });

  it.each([301, 302, 307, 308])('that redirects (%d) warns', (status) => {
    expect(judge({ isKeyhaven: false, status })).toMatchObject([
      { state: 'warning', found: 'https://keys.example.test redirects' },
    ]);
  });

  it('that nobody reaches fails while the server runs, and waits for it else', () => {
    const unreachable = { unreachable: 'ECONNREFUSED', status: 0, isKeyhaven: false };
    expect(judge(unreachable)).toMatchObject([{ state: 'failed' }]);
    expect(judge({ ...unreachable, serverRuns: false })).toMatchObject([{ state: 'warning' }]);
    expect(judge({ ...unreachable, unreachable: 'ENOTFOUND', serverRuns: false })).toMatchObject([
      { state: 'failed', found: expect.stringContaining('the name is not known') },
    ]);
  });

  it.each([502, 503, 504])('behind which nothing runs (%d) waits for the server', (status) => {
    const more = { isKeyhaven: false, status };
    expect(judge({ ...more, serverRuns: false })).toMatchObject([{ state: 'warning' }]);
    expect(judge(more)).toMatchObject([{ state: 'failed' }]);
  });

  it('of this machine itself fails in production only', () => {
    const url = new URL('http://localhost:8080');
    expect(judge({ url })).toMatchObject([
      { state: 'failed', next: expect.stringContaining('KEYHAVEN_PUBLIC_URL') },
      { state: 'ok' },
    ]);
    expect(judge({ url, uses: ['Macs'] })).toMatchObject([
      { next: expect.stringContaining('KEYHAVEN_DEVICE_URL') },
      {},
    ]);
    expect(judge({ url, production: false })).toMatchObject([{ state: 'ok' }]);
  });
});

describe('a listener that asks for client certificates', () => {
  const asking = { asksForClientCertificate: true };

  it('fails for SCEP', () => {
    expect(judge({ ...asking, uses: ['SCEP'] })).toMatchObject([
      { state: 'ok' },
      { state: 'failed', next: expect.stringContaining('KEYHAVEN_SCEP_URL') },
    ]);
  });

  it('warns for people', () => {
    expect(judge({ ...asking, uses: ['people'] })).toMatchObject([{ state: 'ok' }, { state: 'warning' }]);
  });

  it('is right for Macs, also where it takes nobody without', () => {
    expect(judge({ ...asking, uses: ['Macs'] })).toMatchObject([{ state: 'ok' }]);
    expect(judge({ ...asking, uses: ['Macs'], isKeyhaven: false, status: 400 })).toMatchObject([
      { state: 'ok', found: expect.stringContaining('cannot be seen from here') },
    ]);
  });
});
