import type { FastifyReply, FastifyRequest } from 'fastify';
import { sendProblem } from './reply.ts';

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Refuses a change that another site's page could have sent: a change needs an `Origin` of our own. Macs and the
 * identity provider's own pages are no browsers of ours and are exempt by path.
 */
export const originCheck =
  (publicOrigin: string, exempt: (path: string) => boolean) =>
  async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
    if (safeMethods.has(request.method) || exempt(request.url)) return undefined;
    const site = request.headers['sec-fetch-site'];
    const crossSite = site !== undefined && site !== 'same-origin' && site !== 'none';
    if (request.headers.origin !== publicOrigin || crossSite) return sendProblem(reply, 'origin-required');
    return undefined;
  };
