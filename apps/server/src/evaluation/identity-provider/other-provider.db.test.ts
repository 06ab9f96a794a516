import type { ServerResponse } from 'node:http';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type OddProvider, startOddProvider } from '../../adapters/oidc/odd-provider.fixture.ts';
import { oidcIdentityProvider } from '../../adapters/oidc/oidc-identity-provider.ts';
import { isFresh, resolveSession } from '../../modules/access/access.ts';
import { type AccessServer, startAccessServer } from './access-server.fixture.ts';
import { type Browser, meOf } from './browser.fixture.ts';

let odd: OddProvider;
let server: AccessServer;
let evaluation: AccessServer;
beforeAll(async () => {
  odd = await startOddProvider();
  const options = { issuer: odd.issuer, clientId: 'keyhaven', clientSecret: 'x' };
  server = await startAccessServer({ identityProvider: (clock) => oidcIdentityProvider(options, clock) });
  evaluation = await startAccessServer();
});
afterAll(async () => {
  await server.close();
  await evaluation.close();
  await odd.close();
});

/** Signs in afresh at the odd provider, which lets everybody in, and says whether the session is fresh. */
async function freshAfter(claims: Record<string, unknown>): Promise<boolean> {
  odd.claims = claims;
  const browser = server.browser();
  const asked = await browser.go('/sign-in?fresh=1', {}, (next) => next.origin === odd.issuer.origin);
  const back = new URL('/sign-in/return', server.url);
  back.searchParams.set('state', asked.url.searchParams.get('state') ?? '');
  back.searchParams.set('code', asked.url.searchParams.get('nonce') ?? '');
  expect((await browser.go(back)).status).toBe(200);
  const actor = await resolveSession(server.database, browser.cookie('keyhaven'), server.clock.now());
  if (actor === null) throw new Error('not signed in');
  return isFresh(actor, server.clock.now());
}

const seconds = (): number => Math.floor(Date.now() / 1000);

it('a provider that says nothing of the time signs in, and nothing is fresh', async () => {
  expect(await freshAfter({})).toBe(false);
});

it('a provider that ignores the wish and says so honestly signs in, and nothing is fresh', async () => {
  expect(await freshAfter({ auth_time: seconds() - 120 })).toBe(false);
});

it('a provider that asked the person now makes a fresh session', async () => {
  expect(await freshAfter({ auth_time: seconds() })).toBe(true);
});

it('a browser that takes the wish for a fresh proof out of the address gains nothing', async () => {
  odd.claims = { auth_time: seconds() - 600 };
  const browser = server.browser();
  const asked = await browser.go('/sign-in', {}, (next) => next.origin === odd.issuer.origin);
  const back = new URL('/sign-in/return', server.url);
  back.searchParams.set('state', asked.url.searchParams.get('state') ?? '');
  back.searchParams.set('code', asked.url.searchParams.get('nonce') ?? '');
  await browser.go(back);
  const actor = await resolveSession(server.database, browser.cookie('keyhaven'), server.clock.now());
  expect(actor === null || isFresh(actor, server.clock.now())).toBe(false);
});

it('the built-in provider always says when, with and without the wish', async () => {
  for (const target of ['/sign-in', '/sign-in?fresh=1&return=/devices/7']) {
    const browser = evaluation.browser();
    await browser.signIn('employee@example.com', target);
    const actor = await resolveSession(
      evaluation.database,
      browser.cookie('keyhaven'),
      evaluation.clock.now(),
    );
    expect(actor !== null && isFresh(actor, evaluation.clock.now())).toBe(true);
    evaluation.clock.advance(301_000);
    expect(actor !== null && isFresh(actor, evaluation.clock.now())).toBe(false);
    evaluation.clock.advance(-301_000);
  }
});

it('a fresh sign-in of the same browser gives a new session and ends the old one', async () => {
  const browser = evaluation.browser();
  await browser.signIn('employee@example.com');
  const before = browser.cookie('keyhaven');
  await browser.signIn('employee@example.com', '/sign-in?fresh=1');
  expect(browser.cookie('keyhaven')).not.toBe(before);
  expect(await resolveSession(evaluation.database, before, evaluation.clock.now())).toBeNull();
});

/** A sign-in at the odd provider up to the moment it sends the browser back. */
async function begun(): Promise<{ readonly browser: Browser; readonly back: URL }> {
  const browser = server.browser();
  const asked = await browser.go('/sign-in', {}, (next) => next.origin === odd.issuer.origin);
  const back = new URL('/sign-in/return', server.url);
  back.searchParams.set('state', asked.url.searchParams.get('state') ?? '');
  back.searchParams.set('code', asked.url.searchParams.get('nonce') ?? '');
  return { browser, back };
}

it('a provider in trouble gives a page with a way to try again', async () => {
  const troubles: readonly (readonly [number, (response: ServerResponse) => void])[] = [
    [503, (response) => response.destroy()],
    [
      502,
      (response) =>
        response.writeHead(401, { 'content-type': 'application/json' }).end('{"error":"invalid_client"}'),
    ],
  ];
  for (const [status, trouble] of troubles) {
    const { browser, back } = await begun();
    odd.instead.set('/token', trouble);
    const page = await browser.go(back);
    odd.instead.clear();
    expect(page.status).toBe(status);
    expect(page.body).toContain('<a class="action" href="/sign-in">Try again</a>');
    expect(browser.cookie('keyhaven')).toBeUndefined();
  }
  expect(server.faults).toEqual([]);
});

it('a provider that cannot be found out about gives such a page at once', async () => {
  const lonely = await startOddProvider();
  const options = { issuer: lonely.issuer, clientId: 'keyhaven', clientSecret: 'x' };
  const without = await startAccessServer({
    identityProvider: (clock) => oidcIdentityProvider(options, clock),
  });
  lonely.instead.set('/.well-known/openid-configuration', (response) => response.writeHead(500).end());
  const page = await without.browser().go('/sign-in');
  expect([page.status, page.headers.get('content-type')]).toEqual([503, 'text/html; charset=utf-8']);
  lonely.instead.set('/.well-known/openid-configuration', (response) =>
    response.writeHead(200, { 'content-type': 'application/json' }).end(
      JSON.stringify({
        issuer: 'https://somebody-else.example',
        authorization_endpoint: 'https://x.example',
      }),
    ),
  );
  const wrong = await without.browser().go('/sign-in');
  expect([wrong.status, wrong.headers.get('content-type')]).toEqual([502, 'text/html; charset=utf-8']);
  lonely.instead.clear();
  const next = await without.browser().go('/sign-in', {}, (to) => to.origin === lonely.issuer.origin);
  expect(next.status).toBe(303);
  await without.close();
  await lonely.close();
});

it('the 61st sign-in within ten minutes gives a page with the time to wait, and the session before it lives on', async () => {
  odd.claims = { sub: 'busy' };
  const { browser, back } = await begun();
  await browser.go(back);
  for (let count = 2; count <= 60; count += 1) {
    const one = await begun();
    expect((await one.browser.go(one.back)).status).toBe(200);
  }
  const again = await begun();
  again.browser.steal(browser, 'keyhaven');
  const page = await again.browser.go(again.back);
  expect(page.status).toBe(429);
  expect(Number(page.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(await meOf(browser)).toMatchObject({ status: 200, email: 'somebody@example.com' });
});
