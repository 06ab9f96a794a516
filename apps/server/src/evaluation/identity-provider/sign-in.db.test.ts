import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hours, minutes } from '../../kernel/clock.ts';
import { type AccessServer, startAccessServer } from './access-server.fixture.ts';
import { evaluationAccounts } from './accounts.ts';
import type { Browser } from './browser.fixture.ts';

let server: AccessServer;
beforeAll(async () => {
  server = await startAccessServer();
});
afterAll(async () => await server.close());

const meOf = async (
  browser: Browser,
): Promise<{ status: number; email?: string; permissions?: string[] }> => {
  const answer = await browser.request('/api/v1/me');
  // Safe because the route's schema says so; the assertions look at it.
  const body = (await answer.json()) as { email?: string; permissions?: string[] };
  return { ...body, status: answer.status };
};

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

describe('a session', () => {
  it('is a cookie that scripts and other sites do not get', async () => {
    const browser = server.browser();
    const form = await browser.go('/sign-in');
    const back = await browser.submit(
      form,
      { email: 'employee@example.com', password: 'keyhaven' },
      (next) => next.pathname === '/sign-in/return',
    );
    const answer = await browser.request(back.url);
    const line = answer.headers.getSetCookie().find((one) => one.startsWith('keyhaven='));
    expect(line).toMatch(/^keyhaven=[A-Za-z0-9_-]{43}; Path=\/; HttpOnly; SameSite=Lax$/);
    expect(answer.status).toBe(303);
  });

  it('is stored as a hash only', async () => {
    const browser = server.browser();
    await browser.signIn('employee@example.com');
    const token = browser.cookie('keyhaven') ?? '';
    const { rows } = await sql<{ found: boolean }>`
      select bool_or(position(${Buffer.from(token)} in token_hash) > 0) as found from sessions`.execute(
      server.database,
    );
    expect(rows[0]?.found).toBe(false);
    const { rows: hashes } = await sql<{ hash: Buffer }>`select token_hash as hash from sessions`.execute(
      server.database,
    );
    for (const { hash } of hashes) {
      browser.setCookie('keyhaven', hash.toString('base64url'));
      expect((await meOf(browser)).status).toBe(401);
    }
  });

  it('ends on the server at sign-out, also for who copied the cookie', async () => {
    const browser = server.browser();
    const thief = server.browser();
    await browser.signIn('employee@example.com');
    thief.steal(browser, 'keyhaven');
    expect((await meOf(thief)).status).toBe(200);
    const out = await browser.request('/sign-out', {
      method: 'POST',
      headers: { origin: server.url.origin },
    });
    expect(out.status).toBe(303);
    expect(out.headers.get('location')).toBe('/');
    expect(out.headers.get('clear-site-data')).toBe('"cache", "cookies", "storage"');
    expect(browser.cookie('keyhaven')).toBeUndefined();
    expect((await meOf(thief)).status).toBe(401);
  });

  it('does not end for a form of another site, and does for a plain form of ours', async () => {
    const browser = server.browser();
    await browser.signIn('employee@example.com');
    const body = new URLSearchParams({ a: 'b' });
    const foreign = await browser.request('/sign-out', {
      method: 'POST',
      body,
      headers: { origin: 'https://evil.example' },
    });
    expect(foreign.status).toBe(403);
    expect((await meOf(browser)).status).toBe(200);
    const ours = await browser.request('/sign-out', {
      method: 'POST',
      body,
      headers: { origin: server.url.origin },
    });
    expect(ours.status).toBe(303);
  });

  it('planted before the sign-in is worth nothing after it', async () => {
    const browser = server.browser();
    const planted = 'A'.repeat(43);
    browser.setCookie('keyhaven', planted);
    await browser.signIn('employee@example.com');
    expect(browser.cookie('keyhaven')).not.toBe(planted);
    const thief = server.browser();
    thief.setCookie('keyhaven', planted);
    expect((await meOf(thief)).status).toBe(401);
  });

  it('is replaced by the next sign-in of the browser, whoever signs in', async () => {
    const browser = server.browser();
    const old = server.browser();
    await browser.signIn('employee@example.com');
    old.steal(browser, 'keyhaven');
    await browser.signIn('colleague@example.com');
    expect((await meOf(old)).status).toBe(401);
    expect((await meOf(browser)).email).toBe('colleague@example.com');
  });

  it('of one browser lives on when the person signs in with another', async () => {
    const phone = server.browser();
    const computer = server.browser();
    await phone.signIn('employee@example.com');
    await computer.signIn('employee@example.com');
    const [one, other] = [await meOf(phone), await meOf(computer)];
    expect(one.status).toBe(200);
    expect(one).toEqual(other);
  });

  it.each(['', 'x', 'A'.repeat(43), 'A'.repeat(44), "' or 1=1 --", '%00'])(
    'is not what %j opens',
    async (token) => {
      const browser = server.browser();
      browser.setCookie('keyhaven', token);
      expect((await meOf(browser)).status).toBe(401);
    },
  );
});

describe('time', () => {
  it('ends a session that nobody used for an hour, and keeps one that is used', async () => {
    const aging = await startAccessServer();
    const idle = aging.browser();
    const busy = aging.browser();
    await idle.signIn('employee@example.com');
    await busy.signIn('employee@example.com');
    aging.clock.advance(minutes(45));
    expect((await meOf(busy)).status).toBe(200);
    const seen = async (): Promise<number> => {
      const { rows } = await sql<{ count: number }>`
        select count(*) as count from sessions where last_seen_at > created_at`.execute(aging.database);
      return rows[0]?.count ?? 0;
    };
    await expect.poll(seen).toBe(1);
    aging.clock.advance(minutes(30));
    expect((await meOf(idle)).status).toBe(401);
    expect((await meOf(busy)).status).toBe(200);
    await aging.close();
  });

  it('ends every session after 24 hours and an administrator’s after 12, used or not', async () => {
    const aging = await startAccessServer();
    const person = aging.browser();
    const administrator = aging.browser();
    await person.signIn('employee@example.com');
    await administrator.signIn('admin@example.com');
    const lives = async (browser: Browser): Promise<number> => {
      await sql`update sessions set last_seen_at = ${aging.clock.now()}`.execute(aging.database);
      return (await meOf(browser)).status;
    };
    aging.clock.advance(hours(12) - minutes(1));
    expect([await lives(person), await lives(administrator)]).toEqual([200, 200]);
    aging.clock.advance(minutes(2));
    expect([await lives(person), await lives(administrator)]).toEqual([200, 401]);
    aging.clock.advance(hours(12));
    expect([await lives(person), await lives(administrator)]).toEqual([401, 401]);
    await aging.close();
  });
});

describe('the answer of the identity provider', () => {
  const begun = async (browser: Browser): Promise<URL> => {
    const form = await browser.go('/sign-in');
    const back = await browser.submit(
      form,
      { email: 'employee@example.com', password: 'keyhaven' },
      (next) => next.pathname === '/sign-in/return',
    );
    return back.url;
  };

  it('is of no use in another browser', async () => {
    const callback = await begun(server.browser());
    const stranger = server.browser();
    const answer = await stranger.go(callback);
    expect(answer.status).toBe(400);
    expect(answer.body).toContain('href="/sign-in"');
    expect(stranger.cookie('keyhaven')).toBeUndefined();
  });

  it('is of no use in a browser with a sign-in of its own on the way', async () => {
    const victim = server.browser();
    await victim.go('/sign-in');
    const callback = await begun(server.browser());
    expect((await victim.go(callback)).status).toBe(400);
    expect(victim.cookie('keyhaven')).toBeUndefined();
  });

  it('works once', async () => {
    const browser = server.browser();
    const callback = await begun(browser);
    const copy = server.browser();
    copy.steal(browser, 'keyhaven-sign-in');
    expect((await browser.go(callback)).status).toBe(200);
    expect((await browser.go(callback)).status).toBe(400);
    expect((await copy.go(callback)).status).toBe(400);
    expect(copy.cookie('keyhaven')).toBeUndefined();
  });

  it('is refused with another state, another issuer, two codes, or none', async () => {
    for (const change of [
      (url: URL) => url.searchParams.set('state', 'A'.repeat(43)),
      (url: URL) => url.searchParams.set('iss', 'https://evil.example'),
      (url: URL) => url.searchParams.append('code', 'x'),
      (url: URL) => url.searchParams.delete('code'),
      (url: URL) => url.searchParams.delete('state'),
    ]) {
      const browser = server.browser();
      const callback = await begun(browser);
      change(callback);
      expect((await browser.go(callback)).status).toBe(400);
      expect(browser.cookie('keyhaven')).toBeUndefined();
    }
  });

  it('of a denial is a page that says so and repeats nothing', async () => {
    const browser = server.browser();
    const callback = await begun(browser);
    callback.searchParams.delete('code');
    callback.searchParams.set('error', 'access_denied');
    callback.searchParams.set('error_description', '<script>canary</script>');
    const page = await browser.go(callback);
    expect(page.status).toBe(403);
    expect(page.body).toContain('You were not signed in');
    expect(page.body).not.toContain('canary');
    expect(JSON.stringify(server.refusals)).not.toContain('canary');
  });

  it('comes too late after ten minutes', async () => {
    const slow = await startAccessServer();
    const browser = slow.browser();
    const callback = await begun(browser);
    // begun() used the shared server's paths only; the address is this server's own.
    slow.clock.advance(minutes(11));
    expect((await browser.go(callback)).status).toBe(400);
    await slow.close();
  });

  it('is not used up by a HEAD', async () => {
    const browser = server.browser();
    const callback = await begun(browser);
    expect((await browser.request(callback, { method: 'HEAD' })).status).toBe(404);
    expect((await browser.go(callback)).status).toBe(200);
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
