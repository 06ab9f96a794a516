import { describe, expect, it } from 'vitest';
import { modeFindings } from './mode-findings.ts';
import { proxyFindings } from './proxy-findings.ts';
import { serverFindings } from './server-check.ts';
import { settingsFindings } from './settings-findings.ts';

it.each([
  [{ kind: 'running', ready: true, installation: null }, 'ok'],
  [{ kind: 'running', ready: false, installation: null }, 'failed'],
  [{ kind: 'stranger' }, 'failed'],
  [{ kind: 'stopped' }, 'warning'],
] as const)('the server on this machine: %o is %s', (server, state) => {
  expect(serverFindings(server, 'http://127.0.0.1:8080')).toMatchObject([{ state }]);
});

describe('settings', () => {
  it('that cannot be read are told one by one', () => {
    expect(settingsFindings(['A is missing.', 'B is missing.'], 'production')).toMatchObject([
      { state: 'failed', found: 'A is missing.' },
      { state: 'failed', found: 'B is missing.' },
    ]);
  });

  it('of an evaluation are a warning, of production fine', () => {
    expect(settingsFindings([], 'evaluation')).toMatchObject([{ state: 'warning' }]);
    expect(settingsFindings([], 'production')).toMatchObject([{ state: 'ok' }]);
  });
});

describe('evaluation and real data', () => {
  it.each([
    ['production', null, null, ['ok']],
    ['production', 'production', 'production', ['ok']],
    ['evaluation', 'evaluation', null, ['ok']],
    ['production', 'evaluation', 'evaluation', ['failed', 'failed']],
    ['evaluation', 'production', null, ['failed']],
    ['evaluation', 'evaluation', 'production', ['failed']],
  ])('settings for %s on a folder of %s and a database of %s', (configured, folder, database, states) => {
    const found = modeFindings({ configured, folder, database });
    expect(found.map(({ state }) => state)).toEqual(states);
  });
});

it.each([
  ['127.0.0.1', 'https://keys.example.test', ['127.0.0.1', '::1'], 'ok'],
  ['127.0.0.1', 'https://keys.example.test', [], 'ok'],
  ['127.0.0.1', 'http://localhost:8080', [], 'ok'],
  ['0.0.0.0', 'https://keys.example.test', ['10.0.0.5'], 'ok'],
  ['0.0.0.0', 'https://keys.example.test', ['10.0.0.5', '::/0'], 'warning'],
  ['0.0.0.0', 'https://keys.example.test', [], 'warning'],
])('a server on %s for %s that believes %j is %s', (host, publicUrl, trustedProxies, state) => {
  const facts = { host, publicUrl: new URL(publicUrl), trustedProxies, clientCertificateRequired: false };
  expect(proxyFindings(facts)).toMatchObject([{ state }]);
});

it('a proxy that must hand on certificates is said to', () => {
  const facts = { host: '127.0.0.1', publicUrl: new URL('https://keys.example.test') };
  expect(proxyFindings({ ...facts, trustedProxies: ['::1'], clientCertificateRequired: true })).toMatchObject(
    [{ state: 'ok', found: expect.stringContaining('client certificate') }],
  );
});
