import type { FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { answersInAdvance, asDataBlock, firstCallsOf } from './answers-in-advance.ts';
import { buildHttp } from './http.ts';

const device = 'b6b1f6de-8a52-4d06-8d4c-0d2f0b8f7a11';
let app: FastifyInstance;

beforeEach(async () => {
  app = await buildHttp({ trustedProxies: [], onFault: () => undefined });
  app.get('/api/v1/portal', () => ({ portalName: 'Portal' }));
  app.get('/api/v1/me', (request, reply) =>
    request.cookies['keyhaven'] === 'erin'
      ? { name: 'Erin' }
      : reply.code(401).send({ code: 'not-signed-in' }),
  );
  app.get('/api/v1/devices', (_request, reply) => reply.code(500).send({}));
  app.get(`/api/v1/devices/${device}`, (request) => ({ name: `</script><b>${request.host}` }));
  app.get('/api/v1/notices', () => ({ items: [] }));
  for (const url of ['/', '/devices/:id', '/help']) {
    app.get(url, (request) => answersInAdvance(app, request).then((each) => ({ text: asDataBlock(each) })));
  }
});
afterEach(() => app.close());

const arriving = { 'sec-fetch-mode': 'navigate', cookie: 'keyhaven=erin', host: 'keys.example.com' };
const textAt = async (url: string, headers: Record<string, string> = arriving): Promise<string> =>
  (await app.inject({ url, headers })).json<{ text: string }>().text;

describe('the answers that come with a page', () => {
  it('are what its visitor would be answered', async () => {
    const answers: unknown = JSON.parse(await textAt(`/devices/${device}?get=1`));
    expect(answers).toEqual({
      '/portal': { status: 200, body: { portalName: 'Portal' } },
      '/me': { status: 200, body: { name: 'Erin' } },
      [`/devices/${device}`]: { status: 200, body: { name: '</script><b>keys.example.com' } },
      '/notices': { status: 200, body: { items: [] } },
    });
  });

  it('cannot end the block that they stand in', async () => {
    expect(await textAt(`/devices/${device}`)).not.toContain('<');
  });

  it('tell a visitor whom nobody knows just that', async () => {
    const answers: unknown = JSON.parse(await textAt('/help', { 'sec-fetch-mode': 'navigate' }));
    expect(answers).toMatchObject({ '/me': { status: 401, body: { code: 'not-signed-in' } } });
  });

  it('leave a fault to the page, which asks again', async () => {
    expect(Object.keys(JSON.parse(await textAt('/')))).toEqual(['/portal', '/me', '/notices']);
  });

  it('are nothing for the service worker, which keeps what it is given', async () => {
    for (const mode of ['cors', 'no-cors', 'same-origin'])
      expect(await textAt('/', { ...arriving, 'sec-fetch-mode': mode })).toBe('{}');
    expect(await textAt('/', { cookie: 'keyhaven=erin' })).toBe('{}');
  });
});

it('a page asks in advance for nothing but reading, and never for a key', () => {
  for (const path of [
    '/',
    '/help',
    '/account',
    `/devices/${device}`,
    `/devices/${device}/store`,
    '/devices/x',
  ])
    for (const call of firstCallsOf(path)) expect(call).not.toMatch(/recovery-key|reveal|versions/);
  expect(firstCallsOf(`/devices/${device}/store`)).toEqual(['/portal', '/me']);
});
