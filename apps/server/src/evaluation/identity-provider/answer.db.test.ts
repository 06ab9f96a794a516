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

it('nothing went wrong unseen', () => {
  expect(server.faults).toEqual([]);
});
