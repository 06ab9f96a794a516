import { createSecureContext } from 'node:tls';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { readConfig } from '../../../config.ts';
import { systemClock } from '../../../kernel/clock.ts';
import { makeAuthority } from '../certificates.fixture.ts';
import { type MailServer, type MailServerOptions, startMailServer } from '../mail-server.fixture.ts';
import { machineTrust } from '../roots.ts';
import { takeReply } from '../smtp-line.ts';
import { loopbackLookup } from '../tls-front.fixture.ts';
import { mailCheck } from './mail-check.ts';

const authority = makeAuthority();
const served = authority.issue('mail.example.test');
const trust = machineTrust([authority.root]);
const canary = 'canary p@ss/word';
let server: MailServer | null = null;
afterEach(async () => {
  await server?.close();
  server = null;
});
afterAll(() => authority.remove());

async function check(
  scheme: string,
  options: Partial<MailServerOptions> = {},
  account = `post:${encodeURIComponent(canary)}@`,
  roots = trust,
) {
  server = await startMailServer({ served, password: canary, ...options });
  const config = readConfig({ KEYHAVEN_SMTP_URL: `${scheme}://${account}mail.example.test:${server.port}` });
  const findings = await mailCheck.look({
    config,
    clock: systemClock,
    trust: roots,
    lookup: loopbackLookup,
    online: false,
    database: async () => ({ kind: 'not-made' }),
    localServer: async () => ({ kind: 'stopped' }),
    signal: AbortSignal.timeout(5000),
  });
  const said = JSON.stringify(findings);
  for (const form of [canary, encodeURIComponent(canary), Buffer.from(canary).toString('base64')])
    expect(said).not.toContain(form);
  return findings;
}

describe('a mail server', () => {
  it.each<[string, Partial<MailServerOptions>]>([
    ['smtp', {}],
    ['smtps', { implicit: true }],
    ['smtp', { methods: 'LOGIN' }],
  ])('that takes our account is fine: %s %o', async (scheme, options) => {
    expect(await check(scheme, options)).toMatchObject([
      { state: 'ok', found: expect.stringContaining('takes our name and password') },
    ]);
    expect(server?.heard.join('\n')).not.toMatch(/MAIL|RCPT|DATA/);
  });

  it.each([{}, { methods: 'LOGIN' }])('that knows another password fails: %o', async (more) => {
    expect(await check('smtp', { ...more, password: 'another' })).toMatchObject([
      { state: 'failed', found: expect.stringContaining('does not take our name and password (535)') },
    ]);
  });

  it('without STARTTLS fails, and hears no password', async () => {
    expect(await check('smtp', { offersStartTls: false })).toMatchObject([
      { state: 'failed', found: expect.stringContaining('STARTTLS') },
    ]);
    expect(server?.heard.join('\n')).not.toContain('AUTH');
  });

  it('whose certificate is not trusted fails, and hears no password', async () => {
    const nobody = createSecureContext({ ca: [] });
    const roots = { ...trust, serverRoots: nobody };
    const findings = await check('smtp', {}, undefined, roots);
    expect(findings).toMatchObject([{ state: 'failed' }]);
    expect(server?.heard.join('\n')).not.toContain('AUTH');
  });

  it('of another name fails, and hears no password', async () => {
    const other = authority.issue('other.example.test');
    expect(await check('smtps', { implicit: true, served: other })).toMatchObject([{ state: 'failed' }]);
    expect(server?.heard).toEqual([]);
  });

  it('that may want an account where we have none warns', async () => {
    expect(await check('smtp', {}, '')).toMatchObject([{ state: 'warning' }]);
    await server?.close();
    expect(await check('smtp', { methods: '' }, '')).toMatchObject([{ state: 'ok' }]);
  });

  it('that turns us away fails with its status', async () => {
    expect(await check('smtp', { greeting: '554 go away' })).toMatchObject([
      { state: 'failed', found: expect.stringContaining('answered 554 at greeting') },
    ]);
  });
});

it('a reply is taken when it is whole, and not before', () => {
  expect(takeReply('250-mail\r\n250-SIZE 10')).toBeNull();
  expect(takeReply('250-mail\r\n250 AUTH PLAIN\r\n221 x')).toEqual({
    status: 250,
    lines: ['mail', 'AUTH PLAIN'],
    rest: '221 x',
  });
  expect(takeReply('220\r\n')).toMatchObject({ status: 220 });
  expect(takeReply('hello\r\n')).toBeNull();
});
