import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { minutes } from '../../kernel/clock.ts';
import { type AccessServer, startAccessServer } from './access-server.fixture.ts';
import type { Browser } from './browser.fixture.ts';

let server: AccessServer;
beforeAll(async () => {
  server = await startAccessServer();
});
afterAll(async () => await server.close());

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

describe('the way back', () => {
  const roundTrip = async (
    target: string,
    change: (browser: Browser) => void = () => {},
  ): Promise<string> => {
    const browser = server.browser();
    const form = await browser.go(target);
    change(browser);
    const home = await browser.submit(form, { email: 'employee@example.com', password: 'keyhaven' });
    expect(browser.cookie('keyhaven')).toBeDefined();
    return home.url.href;
  };

  it('never leaves this site', async () => {
    for (const wanted of [
      '//evil.example',
      'https://evil.example/',
      '/\\evil.example',
      '/..//evil.example',
    ]) {
      const way = await roundTrip(`/sign-in?${new URLSearchParams({ return: wanted }).toString()}`);
      expect(way).toBe(server.url.href);
    }
  });

  it('is home where the wanted one is too long to be remembered, or given twice', async () => {
    expect(await roundTrip(`/sign-in?return=/${'a'.repeat(6000)}`)).toBe(server.url.href);
    expect(await roundTrip('/sign-in?return=/help&return=/enroll')).toBe(server.url.href);
  });

  it('never leaves this site by a changed memory of the browser', async () => {
    const tamper = (browser: Browser): void => {
      const memory: object = JSON.parse(
        Buffer.from(browser.cookie('keyhaven-sign-in') ?? '', 'base64url').toString(),
      );
      const changed = JSON.stringify({ ...memory, returnTo: '//evil.example' });
      browser.setCookie('keyhaven-sign-in', Buffer.from(changed).toString('base64url'));
    };
    expect(await roundTrip('/sign-in', tamper)).toBe(server.url.href);
  });
});

it.each(['', 'x', '{}', 'bnVsbA', Buffer.from('{"state":1}').toString('base64url'), 'A'.repeat(5000)])(
  'a memory of the browser that is not ours (%#) begins anew',
  async (memory) => {
    const browser = server.browser();
    browser.setCookie('keyhaven-sign-in', memory);
    expect((await browser.go('/sign-in/return?code=x&state=y')).status).toBe(400);
  },
);

it('nothing went wrong unseen', () => {
  expect(server.faults).toEqual([]);
});
