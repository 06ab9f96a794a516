import { expect, it } from 'vitest';
import { buildHttp } from './http.ts';
import { addSecurityHeaders } from './security-headers.ts';

it.each(['/%zz-ABCD-2345', '/devices/%zz-ABCD-2345', `/devices/${'ABCD-2345-'.repeat(30)}`])(
  'an address that cannot be read is refused without repeating it: %s',
  async (url) => {
    const app = await buildHttp({ trustedProxies: [], onFault: () => {} });
    addSecurityHeaders(app, { publicUrl: new URL('http://localhost'), identityProviderOrigin: null });
    app.get('/devices/:id', async () => 'ok');
    const answer = await app.inject({ url });
    await app.close();
    expect(answer.statusCode).toBe(400);
    expect(answer.headers['content-type']).toContain('application/problem+json');
    expect(answer.body).not.toContain('ABCD-2345');
  },
);
