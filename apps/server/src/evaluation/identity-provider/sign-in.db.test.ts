import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AccessServer, startAccessServer } from './access-server.fixture.ts';
import { evaluationAccounts } from './accounts.ts';
import { meOf } from './browser.fixture.ts';

let server: AccessServer;
beforeAll(async () => {
  server = await startAccessServer();
});
afterAll(async () => await server.close());

describe('every evaluation account', () => {
  it.each(evaluationAccounts)('$email signs in by redirects and is known by its role', async (account) => {
    const browser = server.browser();
    const home = await browser.signIn(account.email, '/sign-in?return=/devices/7%3Fa%3Db');
    expect(home.url.href).toBe(new URL('/devices/7?a=b', server.url).href);
    const me = await meOf(browser);
    expect(me).toMatchObject({ status: 200, email: account.email, name: account.name, locale: 'en' });
    expect(me.permissions?.includes('role:write')).toBe(account.role === 'administrator');
    expect(me.permissions?.includes('audit:read')).toBe(['administrator', 'auditor'].includes(account.role));
    expect(me.permissions?.length === 0).toBe(account.role === 'employee');
  });
});

describe('the sign-in form', () => {
  it('has the fields email and password only, labelled, and the button Sign in, and no script', async () => {
    const page = await server.browser().go('/sign-in');
    expect(page.status).toBe(200);
    expect([...page.body.matchAll(/name="([^"]+)"/g)].map((found) => found[1])).toEqual([
      'viewport',
      'email',
      'password',
    ]);
    expect(page.body).toContain('<label for="email">Email</label>');
    expect(page.body).toContain('<label for="password">Password</label>');
    expect(page.body).toContain('>Sign in</button>');
    expect(page.body).not.toMatch(/<script|\son\w+=/i);
    expect(page.headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'sha256-/);
    expect(page.headers.get('cache-control')).toBe('no-store');
  });

  it('shows itself again after a wrong password, and then lets the right one in', async () => {
    const browser = server.browser();
    const wrong = await browser.signIn('employee@example.com', '/sign-in', 'not-the-password');
    expect(wrong.status).toBe(401);
    expect(wrong.body).toContain('do not belong together');
    expect(wrong.body).not.toContain('not-the-password');
    expect((await meOf(browser)).status).toBe(401);
    await browser.submit(wrong, { email: 'Employee@Example.com', password: 'keyhaven' });
    expect((await meOf(browser)).email).toBe('employee@example.com');
  });

  it('refuses an unknown e-mail with the very same page', async () => {
    const browser = server.browser();
    const form = await browser.go('/sign-in');
    const unknown = await browser.submit(form, { email: 'nobody@example.com', password: 'keyhaven' });
    const wrong = await browser.submit(form, { email: 'employee@example.com', password: 'x' });
    expect(unknown.body).toBe(wrong.body);
  });

  it('is not open to another browser', async () => {
    const form = await server.browser().go('/sign-in');
    const stranger = await server.browser().go(form.url);
    expect(stranger.status).toBe(400);
    const sent = await server.browser().submit(form, { email: 'employee@example.com', password: 'keyhaven' });
    expect(sent.status).toBe(400);
  });

  it('is not open under another address than its own', async () => {
    const browser = server.browser();
    const form = await browser.go('/sign-in');
    const cookie = ['_interaction', '_interaction.sig']
      .map((name) => `${name}=${browser.cookie(name)}`)
      .join('; ');
    expect((await server.browser().request(form.url, { headers: { cookie } })).status).toBe(200);
    const other = new URL('/evaluation-identity/interaction/other', server.url);
    expect((await server.browser().request(other, { headers: { cookie } })).status).toBe(400);
  });

  it('is not open to a form of another site', async () => {
    const browser = server.browser();
    const form = await browser.go('/sign-in');
    const answer = await browser.request(form.url, {
      method: 'POST',
      headers: { 'sec-fetch-site': 'cross-site' },
      body: new URLSearchParams({ email: 'employee@example.com', password: 'keyhaven' }),
    });
    expect(answer.status).toBe(400);
  });

  it('lets the same browser be the next account', async () => {
    const browser = server.browser();
    await browser.signIn('employee@example.com');
    await browser.signIn('admin@example.com');
    expect((await meOf(browser)).email).toBe('admin@example.com');
  });
});

it('the start of a sign-in writes nothing', async () => {
  const count = async (): Promise<unknown> => {
    const { rows } = await sql`
      select (select count(*) from people) p, (select count(*) from sessions) s, (select count(*) from audit_notes) n`.execute(
      server.database,
    );
    return rows[0];
  };
  const before = await count();
  await server.browser().go('/sign-in?return=/help&fresh=1');
  expect(await count()).toEqual(before);
});

it('somebody who came by 127.0.0.1 is sent to the name that the cookies belong to', async () => {
  const answer = await server.browser().request(`http://127.0.0.1:${server.url.port}/sign-in?return=/help`);
  expect(answer.headers.get('location')).toBe(new URL('/sign-in?return=%2Fhelp&here=1', server.url).href);
});

it('every sign-in and sign-out is on record with who it was', async () => {
  const browser = server.browser();
  await browser.signIn('auditor@example.com');
  await browser.request('/sign-out', { method: 'POST', headers: { origin: server.url.origin } });
  const { rows } = await sql<{ action: string; name: string }>`
    select n.action, n.actor_name as name from audit_notes n
    join people p on p.id = n.actor_id and n.actor_kind = 'person'
    where p.email = 'auditor@example.com' order by n.at desc limit 2`.execute(server.database);
  expect(rows.map(({ action }) => action)).toEqual(['person.signed-out', 'person.signed-in']);
  expect(rows[0]?.name).toBe('Audrey Auditor');
});

it('nothing went wrong unseen', () => {
  expect(server.faults).toEqual([]);
});

it('the API document names the calls of people, not those of the built-in provider', async () => {
  const document = server.openApi();
  expect(Object.keys(document.paths ?? {})).toEqual(
    expect.arrayContaining(['/sign-in', '/sign-in/return', '/sign-out', '/api/v1/me']),
  );
  expect(JSON.stringify(document)).not.toContain('evaluation-identity');
});
