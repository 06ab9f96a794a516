import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hours, minutes } from '../../kernel/clock.ts';
import { type AccessServer, startAccessServer } from './access-server.fixture.ts';
import { type Browser, meOf } from './browser.fixture.ts';

let server: AccessServer;
beforeAll(async () => {
  server = await startAccessServer();
});
afterAll(async () => await server.close());

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

it('nothing went wrong unseen', () => {
  expect(server.faults).toEqual([]);
});
