import { describe, expect, it } from 'vitest';
import {
  discoveryUrl,
  type ProviderDescription,
  type ProviderFacts,
  providerFindings,
} from './identity-findings.ts';
import { countKeys, readDescription, tokenError } from './provider-description.ts';

const issuer = new URL('https://id.example.test/realms/work');
const description: ProviderDescription = {
  issuer: issuer.href,
  tokenEndpoint: `${issuer.href}/token`,
  jwksUri: `${issuer.href}/keys`,
  authenticationMethods: ['client_secret_basic'],
  signingAlgorithms: ['RS256'],
  responseTypes: ['code'],
  challengeMethods: ['S256'],
  claims: ['sub', 'auth_time'],
};
const redirectUri = 'https://keys.example.test/sign-in/return';
const facts: ProviderFacts = { issuer, redirectUri, description, keys: 2, trial: 'known' };
const judge = (more: Partial<ProviderDescription> = {}, around: Partial<ProviderFacts> = {}) =>
  providerFindings({ ...facts, ...around, description: { ...description, ...more } });
const bad = (...args: Parameters<typeof judge>) => judge(...args).filter(({ state }) => state !== 'ok');

describe('an identity provider', () => {
  it('that fits is fine, and the redirect URI is told', () => {
    expect(judge().map(({ found }) => found)).toEqual([
      'id.example.test describes itself and fits',
      'it takes our client id and secret',
      `the redirect URI to register there is ${redirectUri}`,
    ]);
  });

  it('that leaves out what it need not say is fine', () => {
    const silent = {
      authenticationMethods: null,
      signingAlgorithms: null,
      responseTypes: null,
      challengeMethods: null,
    };
    expect(bad(silent)).toEqual([]);
  });

  it.each<[string, Partial<ProviderDescription>, string]>([
    ['another issuer', { issuer: 'https://id.example.test/realms/other' }, 'another issuer'],
    ['an issuer with a slash more', { issuer: `${issuer.href}/` }, 'another issuer'],
    ['no address for an issuer', { issuer: 'work' }, 'another issuer'],
    ['an issuer for all tenants', { issuer: 'https://id.example.test/{tenantid}/v2.0' }, 'many tenants'],
    ['no client secrets', { authenticationMethods: ['private_key_jwt'] }, 'no client secret'],
    ['shared-key signatures only', { signingAlgorithms: ['HS256', 'none'] }, 'signs ID tokens'],
    ['no code flow', { responseTypes: ['id_token'] }, 'authorization code flow'],
  ])('with %s fails', (_what, more, words) => {
    expect(bad(more)).toMatchObject([{ state: 'failed', found: expect.stringContaining(words) }]);
  });

  it.each<[string, Partial<ProviderDescription>, string]>([
    ['plain challenges only', { challengeMethods: ['plain'] }, 'PKCE'],
    ['no word of auth_time', { claims: ['sub'] }, 'auth_time'],
    ['no word of claims', { claims: null }, 'auth_time'],
  ])('with %s warns', (_what, more, words) => {
    expect(bad(more)).toMatchObject([{ state: 'warning', found: expect.stringContaining(words) }]);
  });

  it.each<[Partial<ProviderFacts>, string]>([
    [{ keys: null }, 'not to be had'],
    [{ keys: 0 }, 'empty'],
    [{ trial: 'unknown-client' }, 'client id and secret'],
    [{ trial: 'unknown-redirect' }, 'redirect URI'],
  ])('of which is known %o fails', (around, words) => {
    expect(bad({}, around)).toMatchObject([{ state: 'failed', found: expect.stringContaining(words) }]);
  });

  it.each<ProviderFacts['trial']>(['unclear', 'not-tried'])(
    'is not blamed for a trial that is %s',
    (trial) => {
      expect(bad({}, { trial })).toEqual([]);
    },
  );
});

describe('what a provider says', () => {
  it('is asked for below the path of its issuer', () => {
    expect(discoveryUrl(issuer).href).toBe(`${issuer.href}/.well-known/openid-configuration`);
    expect(discoveryUrl(new URL('https://id.example.test')).pathname).toBe(
      '/.well-known/openid-configuration',
    );
  });

  it.each(['', 'null', '[]', '<html>', '{"issuer":7}', '{}'])(
    'is nothing where it is out of form: %s',
    (body) => {
      expect(readDescription(body)).toBeNull();
      expect(countKeys(body)).toBeNull();
      expect(tokenError(body)).toBeNull();
    },
  );

  it('is read, and parts out of form are passed over', () => {
    const body = JSON.stringify({
      issuer: issuer.href,
      token_endpoint: 7,
      jwks_uri: 'https://k',
      claims_supported: 'sub',
      code_challenge_methods_supported: ['S256'],
    });
    expect(readDescription(body)).toMatchObject({
      issuer: issuer.href,
      tokenEndpoint: null,
      jwksUri: 'https://k',
      claims: null,
      challengeMethods: ['S256'],
    });
    expect(countKeys('{"keys":[{},{}]}')).toBe(2);
    expect(tokenError('{"error":"invalid_client"}')).toBe('invalid_client');
  });
});
