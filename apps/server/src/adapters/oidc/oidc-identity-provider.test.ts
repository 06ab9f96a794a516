import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../kernel/clock.ts';
import type { Result } from '../../kernel/result.ts';
import type {
  SignInClaims,
  SignInRefusal,
  SignInSecrets,
} from '../../modules/access/identity-provider.port.ts';
import { type OddProvider, startOddProvider } from './odd-provider.fixture.ts';
import { oidcIdentityProvider } from './oidc-identity-provider.ts';
import { UnsafeIssuer } from './provider-metadata.ts';

const redirectUri = 'http://localhost:8080/sign-in/return';

let odd: OddProvider;
beforeEach(async () => {
  odd = await startOddProvider();
});
afterEach(async () => await odd.close());

const make = (more: { issuer?: URL; timeoutSeconds?: number; groupsClaim?: string } = {}) =>
  oidcIdentityProvider(
    { issuer: odd.issuer, clientId: 'keyhaven', clientSecret: 's+e/c', ...more },
    systemClock,
  );

async function begin(
  identityProvider = make(),
  fresh = false,
): Promise<{ url: URL; secrets: SignInSecrets }> {
  const begun = await identityProvider.beginSignIn({ redirectUri, fresh });
  if (!begun.ok) throw new Error(begun.refusal.code);
  return begun.value;
}

async function finish(
  identityProvider = make(),
  change: (answer: URLSearchParams) => void = () => {},
): Promise<Result<SignInClaims, SignInRefusal>> {
  const { secrets } = await begin(identityProvider);
  const callbackUrl = new URL(redirectUri);
  callbackUrl.searchParams.set('state', secrets.state);
  callbackUrl.searchParams.set('code', secrets.nonce);
  change(callbackUrl.searchParams);
  return await identityProvider.finishSignIn({ callbackUrl, secrets });
}

async function claimsOf(more: { groupsClaim?: string } = {}): Promise<SignInClaims> {
  const finished = await finish(make(more));
  if (!finished.ok) throw new Error(finished.refusal.code);
  return finished.value;
}

async function refusalOf(
  identityProvider = make(),
  change?: (answer: URLSearchParams) => void,
): Promise<SignInRefusal> {
  const finished = await finish(identityProvider, change);
  if (finished.ok) throw new Error('not refused');
  return finished.refusal;
}

describe('the way to the identity provider', () => {
  it('carries state, nonce and an S256 challenge, new every time', async () => {
    const [one, other] = [await begin(), await begin()];
    const query = Object.fromEntries(one.url.searchParams);
    expect(query).toMatchObject({
      client_id: 'keyhaven',
      response_type: 'code',
      redirect_uri: redirectUri,
      code_challenge_method: 'S256',
      state: one.secrets.state,
      nonce: one.secrets.nonce,
    });
    expect(query['prompt']).toBeUndefined();
    expect(one.url.href).not.toContain(one.secrets.verifier);
    for (const name of ['state', 'nonce', 'verifier'] as const)
      expect(one.secrets[name]).not.toBe(other.secrets[name]);
  });

  it('asks for the password again where a fresh proof is wanted', async () => {
    const { url } = await begin(make(), true);
    expect([url.searchParams.get('prompt'), url.searchParams.get('max_age')]).toEqual(['login', '0']);
  });

  it('is not asked for before the first sign-in, and once for many', async () => {
    const identityProvider = make();
    expect(odd.asked).toEqual([]);
    await Promise.all([begin(identityProvider), begin(identityProvider), begin(identityProvider)]);
    expect(odd.asked).toEqual(['/.well-known/openid-configuration']);
  });

  it('is asked for again after a failed try', async () => {
    const identityProvider = make();
    odd.instead.set('/.well-known/openid-configuration', (response) => response.writeHead(500).end());
    const failed = await identityProvider.beginSignIn({ redirectUri, fresh: false });
    expect(failed).toMatchObject({ ok: false, refusal: { kind: 'unavailable' } });
    odd.instead.clear();
    expect((await identityProvider.beginSignIn({ redirectUri, fresh: false })).ok).toBe(true);
  });

  it.each([
    'http://login.example.com',
    'http://127.0.0.1.evil.example',
    'http://10.0.0.1',
    'ftp://localhost',
  ])('is never %s', (issuer) => {
    expect(() => make({ issuer: new URL(issuer) })).toThrow(UnsafeIssuer);
  });
});

describe('claims', () => {
  it('are those of the ID token', async () => {
    odd.claims = { auth_time: 1_800_000_000, groups: ['it', 7, null, 'audit'], locale: 'de' };
    expect(await claimsOf()).toEqual({
      issuer: odd.issuer.href,
      subject: 'somebody',
      email: 'somebody@example.com',
      emailVerified: true,
      name: 'Some Body',
      locale: 'de',
      authTime: new Date(1_800_000_000_000),
      groups: ['it', 'audit'],
    });
    expect(odd.tokenRequest.get('client_secret')).toBe('s+e/c');
    expect(odd.asked).not.toContain('/userinfo');
  });

  it('have no time where the provider gives none, and that is no error', async () => {
    expect((await claimsOf()).authTime).toBeNull();
  });

  it.each(['true', 1, null, undefined])(
    'call an e-mail verified by %j not verified',
    async (email_verified) => {
      odd.claims = { email_verified };
      expect((await claimsOf()).emailVerified).toBe(false);
    },
  );

  it('come from userinfo where the ID token has none, the e-mail with its own mark', async () => {
    odd.claims = { email: undefined, email_verified: true, name: undefined };
    odd.userInfo = {
      sub: 'somebody',
      email: 'other@example.com',
      name: 'Other',
      groups: ['it'],
      auth_time: 1_800_000_000,
    };
    expect(await claimsOf()).toMatchObject({
      email: 'other@example.com',
      emailVerified: false,
      name: 'Other',
      groups: ['it'],
      authTime: null,
    });
  });

  it('of userinfo about somebody else are refused', async () => {
    odd.claims = { email: undefined };
    odd.userInfo = { sub: 'somebody-else', email: 'root@example.com', email_verified: true };
    expect((await refusalOf()).kind).toBe('not-proved');
  });

  it('name groups as the installation says, and nothing that every object has', async () => {
    odd.claims = { roles: 'it' };
    expect((await claimsOf({ groupsClaim: 'roles' })).groups).toEqual(['it']);
    expect((await claimsOf({ groupsClaim: 'constructor' })).groups).toEqual([]);
  });
});

describe('an answer that proves nothing is refused:', () => {
  it.each<[string, Record<string, unknown>]>([
    ['another issuer', { iss: 'https://evil.example' }],
    ['another audience', { aud: 'another-client' }],
    ['another party of several', { aud: ['keyhaven', 'other'], azp: 'other' }],
    ['an expired token', { exp: 1_700_000_000 }],
    ['another nonce', { nonce: 'another' }],
    ['no nonce', { nonce: undefined }],
    ['no subject', { sub: undefined }],
    ['an empty subject', { sub: '' }],
    ['a subject with a line break', { sub: 'a\nb' }],
    ['a subject with a zero', { sub: 'a\u0000' }],
    ['a subject of 256 characters', { sub: 'a'.repeat(256) }],
    ['a time that is text', { auth_time: '1800000000' }],
  ])('%s', async (_what, claims) => {
    odd.claims = claims;
    expect((await refusalOf()).kind).toBe('not-proved');
  });

  it('a signature of somebody else', async () => {
    odd.forge = true;
    expect((await refusalOf()).kind).toBe('not-proved');
  });

  it('a state of another sign-in', async () => {
    expect((await refusalOf(make(), (answer) => answer.set('state', 'x'))).kind).toBe('not-proved');
    expect(odd.asked).not.toContain('/token');
  });
});

describe('a provider in trouble', () => {
  const errorBody = (status: number, error: string) => (response: ServerResponse) => {
    response
      .writeHead(status, { 'content-type': 'application/json' })
      .end(JSON.stringify({ error, error_description: 'canary' }));
  };

  it('that is down is unavailable', async () => {
    const { issuer } = odd;
    await odd.close();
    const begun = await make({ issuer }).beginSignIn({ redirectUri, fresh: false });
    expect(begun).toMatchObject({ ok: false, refusal: { kind: 'unavailable' } });
    odd = await startOddProvider();
  });

  it('that never ends its answer is unavailable', async () => {
    odd.instead.set('/token', (response) =>
      response.writeHead(200, { 'content-type': 'application/json' }).write('{'),
    );
    expect((await refusalOf(make({ timeoutSeconds: 0.3 }))).kind).toBe('unavailable');
  });

  it('that sends ten megabytes is unavailable', async () => {
    odd.instead.set('/token', (response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).end(`"${'a'.repeat(10_000_000)}"`);
    });
    expect((await refusalOf()).kind).toBe('unavailable');
  });

  it('that sends us elsewhere is not followed', async () => {
    odd.instead.set('/token', (response) =>
      response.writeHead(307, { location: `${odd.issuer.href}elsewhere` }).end(),
    );
    expect((await refusalOf()).kind).toBe('unavailable');
    expect(odd.asked).not.toContain('/elsewhere');
  });

  it.each<[number, string, SignInRefusal]>([
    [400, 'invalid_grant', { kind: 'not-proved', code: 'invalid_grant' }],
    [401, 'invalid_client', { kind: 'misconfigured', code: 'invalid_client' }],
    [503, 'temporarily_unavailable', { kind: 'unavailable', code: 'OAUTH_RESPONSE_IS_NOT_CONFORM' }],
  ])('that answers %i %s is told apart', async (status, error, refusal) => {
    odd.instead.set('/token', errorBody(status, error));
    expect(await refusalOf()).toEqual(refusal);
  });

  it.each<[string, SignInRefusal]>([
    ['access_denied', { kind: 'denied', code: 'access_denied' }],
    ['server_error', { kind: 'unavailable', code: 'server_error' }],
    ['invalid_scope', { kind: 'misconfigured', code: 'invalid_scope' }],
    ['<b>canary</b>', { kind: 'denied', code: 'unknown-error' }],
  ])(
    'that sends the browser back with %s is told apart, and its words stay out of the log',
    async (error, refusal) => {
      const told = await refusalOf(make(), (answer) => {
        answer.delete('code');
        answer.set('error', error);
        answer.set('error_description', 'canary');
      });
      expect(told).toEqual(refusal);
    },
  );
});
