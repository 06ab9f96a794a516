import type { FastifyInstance, FastifyRequest } from 'fastify';

/** What the first requests of a page would be answered, by the address that it would ask. */
export type AnswersInAdvance = Readonly<Record<string, { readonly status: number; readonly body: unknown }>>;

/** The calls of the API that a page of the portal begins with, below `/api/v1`. `path` as in the address, no query. */
export function firstCallsOf(path: string): readonly string[] {
  const device = /^\/devices\/([0-9a-f-]{36})$/.exec(path)?.[1];
  if (device !== undefined) return ['/portal', '/me', `/devices/${device}`, '/notices'];
  if (path === '/') return ['/portal', '/me', '/devices?scope=mine&limit=200', '/notices'];
  return ['/portal', '/me'];
}

/**
 * Asks our own API, as this visitor and through every check of its routes, what the page is about to ask: on a phone
 * that is two round trips less before the first word. Only for somebody on the way to the page: what the service worker
 * keeps of it must say nothing of anybody.
 */
export async function answersInAdvance(
  app: FastifyInstance,
  request: FastifyRequest,
): Promise<AnswersInAdvance> {
  if (request.headers['sec-fetch-mode'] !== 'navigate') return {};
  const { cookie, host } = request.headers;
  const headers = {
    ...(cookie === undefined ? {} : { cookie }),
    ...(host === undefined ? {} : { host }),
  };
  const calls = firstCallsOf(request.url.replace(/[?#].*$/, '')).map(async (path) => {
    const answer = await app.inject({ url: `/api/v1${path}`, headers });
    // A fault is left to the page's own call, which knows what to say of it.
    const usable = answer.statusCode === 200 || answer.statusCode === 401 || answer.statusCode === 404;
    return usable ? [[path, { status: answer.statusCode, body: answer.json<unknown>() }] as const] : [];
  });
  return Object.fromEntries((await Promise.all(calls)).flat());
}

/** As text for a `<script type="application/json">`, which ends at the first `</` whatever stands around it. */
export const asDataBlock = (answers: AnswersInAdvance): string =>
  JSON.stringify(answers).replaceAll('<', String.raw`\u003c`);
