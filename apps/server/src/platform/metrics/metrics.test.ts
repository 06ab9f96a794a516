import { afterEach, expect, test } from 'vitest';
import { buildHttp, type Http } from '../http/http.ts';
import { measure, serveMetrics } from './metrics.ts';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function measuredApp(): Promise<{ readonly app: Http; readonly url: string }> {
  const app = await buildHttp({ trustedProxies: [], onFault: () => undefined });
  const metrics = measure(app);
  app.get('/devices/:id', async () => ({}));
  const server = await serveMetrics(metrics, '127.0.0.1', 0);
  closing.push(
    () => app.close(),
    () => server.close(),
  );
  const address = server.address();
  return { app, url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}` };
}

test('an answer is counted under its route, and its id is in no label', async () => {
  const { app, url } = await measuredApp();
  await app.inject('/devices/7f3c');
  const text = await (await fetch(`${url}/metrics`)).text();
  expect(text).toContain(
    'keyhaven_http_answer_seconds_count{method="GET",route="/devices/:id",status="200"} 1',
  );
  expect(text).not.toContain('7f3c');
});

test('nothing but /metrics is there', async () => {
  const { url } = await measuredApp();
  expect((await fetch(`${url}/`)).status).toBe(404);
  expect((await fetch(`${url}/metrics`, { method: 'POST' })).status).toBe(404);
});
