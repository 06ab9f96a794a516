import { me } from '@keyhaven/api-contract/person';
import { problem } from '@keyhaven/api-contract/problem';
import { z } from 'zod';
import type { Http } from '../../platform/http/http.ts';
import { sendProblem } from '../../platform/http/reply.ts';
import { personOf, signedInOnly } from '../../platform/http/request-actor.ts';
import { findPersonById } from './access.ts';
import { accessCookies } from './cookies.ts';
import { type AccessContext, beginSignInAt, finishSignInAt, signOutAt } from './sign-in-exchange.ts';

const page = z.string().describe('An HTML page that says what happened and what to do.');
const redirect = z.null().describe('See the Location header.');
// Whatever else stands in the address is no reason to keep somebody out.
const query = z.object({
  return: z.string().optional().catch(undefined).describe('A path of this site to come back to.'),
  fresh: z.string().optional().catch(undefined).describe('`1`: prove again who you are.'),
});

/** Sign-in, sign-out, and who I am. */
export async function accessRoutes(app: Http, context: AccessContext): Promise<void> {
  const cookies = accessCookies(context.publicUrl);

  app.get(
    '/sign-in',
    {
      exposeHeadRoute: false,
      schema: { querystring: query, response: { 303: redirect, 502: page, 503: page } },
    },
    async (request, reply) => {
      await beginSignInAt(context, cookies, request, reply, request.query);
      return reply;
    },
  );

  app.get(
    '/sign-in/return',
    {
      // A HEAD would use the code up.
      exposeHeadRoute: false,
      schema: {
        response: { 303: redirect, 400: page, 403: page, 429: page, 502: page, 503: page },
      },
    },
    async (request, reply) => {
      await finishSignInAt(context, cookies, request, reply);
      return reply;
    },
  );

  app.get(
    '/api/v1/me',
    { preHandler: signedInOnly, schema: { response: { 200: me, 401: problem } } },
    async (request, reply) => {
      const actor = personOf(request);
      const person = await findPersonById(context.database, actor.person);
      if (person === null) return sendProblem(reply, 'not-signed-in');
      return { ...person, permissions: [...actor.permissions] };
    },
  );

  await app.register(async (scope) => {
    // The button may be a plain form; nothing in its body is of interest.
    scope.addContentTypeParser('*', { parseAs: 'string' }, (_request, _body, done) => done(null, undefined));
    scope.post('/sign-out', { schema: { response: { 303: redirect } } }, async (request, reply) => {
      await signOutAt(context, cookies, request, reply);
      return reply;
    });
  });
}
