import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildHttp, type Http } from './http.ts';
import { addPages } from './pages.ts';
import { precompress } from './precompress.ts';
import { addSecurityHeaders, type OutsideView } from './security-headers.ts';

const view: OutsideView = {
  publicUrl: new URL('https://keys.example.com'),
  identityProviderOrigin: 'https://login.example.com',
};
const script = `console.log(${JSON.stringify('a'.repeat(4000))});`;

let folder: string;
let app: Http;

async function serve(root: string, of = view): Promise<Http> {
  const http = await buildHttp({ trustedProxies: [], onFault: () => {} });
  addSecurityHeaders(http, of);
  http.get('/api/v1/fault', () => {
    throw new Error('canary');
  });
  http.get('/away', (_request, reply) => reply.redirect('/help', 303));
  await addPages(http, { folder: root, view: of });
  return http;
}

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'pages-'));
  await mkdir(path.join(folder, 'assets'));
  await writeFile(
    path.join(folder, 'index.html'),
    '<i>portal</i><style nonce="__CSP_NONCE__"></style><b nonce="__CSP_NONCE__">',
  );
  await writeFile(path.join(folder, 'console.html'), '<i>console</i>');
  await writeFile(path.join(folder, 'sw.js'), '// worker');
  await writeFile(path.join(folder, 'assets/app-abc.js'), script);
  await precompress(folder);
  app = await serve(folder);
});
afterAll(async () => {
  await app.close();
  await rm(folder, { recursive: true });
});

const get = (url: string, headers: Record<string, string> = {}) => app.inject({ url, headers });

describe('pages', () => {
  it.each(['/', '/devices/1', '/devices/1/store', '/help', '/help/failed', '/enroll'])(
    '%s is the portal',
    async (url) => {
      const answer = await get(url);
      expect(answer.statusCode).toBe(200);
      expect(answer.headers['content-type']).toBe('text/html; charset=utf-8');
      expect(answer.body).toContain('portal');
    },
  );

  it.each(['/console', '/console/devices/1', '/console/reports/encryption'])(
    '%s is the console',
    async (url) => {
      expect((await get(url)).body).toContain('console');
    },
  );

  it('carry a nonce that is the policy’s and is new every time', async () => {
    const [one, other] = [await get('/'), await get('/')];
    const nonces = [one, other].map((answer) => /nonce="([^"]+)"/.exec(answer.body)?.[1]);
    expect(nonces[0]).not.toBe(nonces[1]);
    expect(one.headers['content-security-policy']).toContain(`style-src 'self' 'nonce-${nonces[0]}'`);
    expect(one.body).not.toContain('__CSP_NONCE__');
    expect(one.body.split(String(nonces[0])).length).toBe(3);
  });

  it('allow no script but our own files, no frame, and forms to us and the identity provider', async () => {
    const policy = String((await get('/')).headers['content-security-policy']).split('; ');
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self'");
    expect(policy).toContain("form-action 'self' https://login.example.com");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy.join()).not.toMatch(/unsafe|\*|data:/);
  });
});

describe('files', () => {
  it('with a hash in their name are kept for ever, the service worker is not', async () => {
    expect((await get('/assets/app-abc.js')).headers['cache-control']).toBe(
      'public, max-age=31536000, immutable',
    );
    expect((await get('/sw.js')).headers['cache-control']).toBe('public, max-age=0');
  });

  it('go out compressed to who can read it, and are the same bytes', async () => {
    const answer = await get('/assets/app-abc.js', { 'accept-encoding': 'br' });
    expect(answer.headers['content-encoding']).toBe('br');
    expect(answer.headers['content-type']).toMatch(/javascript/);
    expect(brotliDecompressSync(answer.rawPayload).toString()).toBe(script);
    expect((await get('/assets/app-abc.js')).body).toBe(script);
    expect((await get('/assets/app-abc.js', { 'accept-encoding': 'gzip' })).headers['content-encoding']).toBe(
      'gzip',
    );
  });

  it.each([
    '/index.html',
    '/console.html',
    '/assets/',
    '/assets/../index.html',
    '/assets/%2e%2e/index.html',
    '/../pages.ts',
    '/assets/app-abc.js.br',
  ])('do not include %s', async (url) => {
    expect((await get(url)).statusCode).toBe(404);
  });
});

describe('an unknown address', () => {
  it('is a page for a browser on its way and a problem document for everything else', async () => {
    const page = await get('/nowhere', { accept: 'text/html,*/*' });
    expect([page.statusCode, page.headers['content-type']]).toEqual([404, 'text/html; charset=utf-8']);
    expect(page.body).not.toContain('nowhere');
    for (const answer of [await get('/nowhere'), await get('/api/v1/nowhere', { accept: 'text/html' })]) {
      expect(answer.headers['content-type']).toContain('application/problem+json');
      expect(answer.json()).toMatchObject({ code: 'not-found', status: 404 });
    }
  });
});

it('without a built web the pages say so', async () => {
  const bare = await serve(path.join(folder, 'nothing'));
  expect((await bare.inject('/')).statusCode).toBe(503);
  expect((await bare.inject('/console')).statusCode).toBe(503);
  await bare.close();
});

describe('security headers', () => {
  const always = [
    '/',
    '/nowhere',
    '/api/v1/nowhere',
    '/api/v1/fault',
    '/away',
    '/assets/app-abc.js',
    '/sw.js',
  ];
  it.each(always)('stand on %s', async (url) => {
    const { headers } = await get(url, { accept: 'text/html' });
    expect(headers).toMatchObject({
      'strict-transport-security': 'max-age=63072000; includeSubDomains; preload',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'cross-origin-embedder-policy': 'require-corp',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
    });
    expect(headers['content-security-policy']).toMatch(/^default-src 'none'; /);
    expect(headers['permissions-policy']).toContain('camera=()');
    expect(headers['cache-control']).toMatch(url.includes('.js') ? /^public, / : /^no-store$/);
  });

  it('ask for https only where there is https', async () => {
    const plain = await serve(folder, {
      publicUrl: new URL('http://localhost:8080'),
      identityProviderOrigin: null,
    });
    const { headers } = await plain.inject('/');
    expect(headers['strict-transport-security']).toBeUndefined();
    expect(headers['content-security-policy']).not.toContain('upgrade-insecure-requests');
    await plain.close();
  });
});
