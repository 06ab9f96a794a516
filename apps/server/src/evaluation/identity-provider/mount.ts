import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Provider } from 'oidc-provider';
import { plainPagePolicy, sendPlainPage } from '../../platform/http/plain-page.ts';
import { securityHeaders } from '../../platform/http/security-headers.ts';
import { findAccount } from './accounts.ts';
import { loginForm } from './login-form.ts';
import { type EvaluationClient, evaluationPrefix, makeProvider } from './provider.ts';

const mostFormBytes = 4096;

/**
 * Puts the built-in identity provider under `/evaluation-identity` of this server and gives what the OpenID Connect
 * adapter needs. For evaluation mode only: its accounts and their password are public.
 */
export async function mountEvaluationIdentityProvider(
  app: FastifyInstance,
  options: {
    readonly publicUrl: URL;
    /** Where its client lives, when that is another server. */
    readonly clientUrl?: URL;
  },
): Promise<EvaluationClient> {
  const { provider, client } = await makeProvider(options.publicUrl, options.clientUrl);
  const headers = securityHeaders({ publicUrl: options.publicUrl, identityProviderOrigin: null });
  const answer = provider.callback();
  await app.register(
    async (scope) => {
      addFormParser(scope);
      scope.get<Uid>('/interaction/:uid', hidden, (request, reply) => showForm(provider, request, reply));
      scope.post<Uid>('/interaction/:uid', hidden, (request, reply) => takeForm(provider, request, reply));
      await scope.register(async (rest) => {
        // The provider reads the body itself.
        rest.removeAllContentTypeParsers();
        rest.addContentTypeParser('*', (_request, _payload, done) => done(null));
        rest.all('/*', hidden, async ({ raw }, reply) => {
          reply.hijack();
          for (const [name, value] of Object.entries(headers)) reply.raw.setHeader(name, value);
          const url = raw.url ?? '/';
          forgetEarlierSignIn(raw.headers);
          // How the provider learns of the path it is mounted on.
          Object.assign(raw, { originalUrl: url, url: url.slice(evaluationPrefix.length) });
          await answer(raw, reply.raw);
        });
      });
    },
    { prefix: evaluationPrefix },
  );
  return client;
}

/**
 * Every sign-in asks for the password: somebody who evaluates wants to be the next account after signing out, and there
 * is nothing else here to be signed in to. So the provider never sees its own session cookie again.
 */
function forgetEarlierSignIn(headers: IncomingHttpHeaders): void {
  if (headers.cookie === undefined) return;
  const cookies = headers.cookie.split(';').filter((cookie) => !cookie.trimStart().startsWith('_session'));
  headers.cookie = cookies.join(';');
}

type Uid = { Params: { uid: string } };
const hidden = { exposeHeadRoute: false, schema: { hide: true } } as const;

function addFormParser(scope: FastifyInstance): void {
  scope.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string', bodyLimit: mostFormBytes },
    (_request, body, done) => done(null, new URLSearchParams(body.toString())),
  );
}

/** The interaction of this browser's cookie, if it is the one in the address. */
async function isOurs(
  provider: Provider,
  request: FastifyRequest<Uid>,
  reply: FastifyReply,
): Promise<boolean> {
  try {
    const interaction = await provider.interactionDetails(request.raw, reply.raw);
    return interaction.uid === request.params.uid;
  } catch {
    return false;
  }
}

const gone = (reply: FastifyReply): FastifyReply =>
  sendPlainPage(reply, 400, {
    title: 'This sign-in is over',
    lines: ['It took too long, or it was started in another browser.', 'Start it once more from here.'],
    link: { href: '/sign-in', text: 'Try again' },
  });

const sendForm = (request: FastifyRequest<Uid>, reply: FastifyReply, wrong: boolean): FastifyReply =>
  reply
    .code(wrong ? 401 : 200)
    .type('text/html; charset=utf-8')
    .header('content-security-policy', plainPagePolicy)
    .send(loginForm(`${evaluationPrefix}/interaction/${encodeURIComponent(request.params.uid)}`, wrong));

async function showForm(
  provider: Provider,
  request: FastifyRequest<Uid>,
  reply: FastifyReply,
): Promise<FastifyReply> {
  return (await isOurs(provider, request, reply)) ? sendForm(request, reply, false) : gone(reply);
}

async function takeForm(
  provider: Provider,
  request: FastifyRequest<Uid>,
  reply: FastifyReply,
): Promise<FastifyReply> {
  // Another site's form must not sign somebody in as an account of its choice.
  const site = request.headers['sec-fetch-site'];
  const elsewhere = site !== undefined && site !== 'same-origin' && site !== 'none';
  if (elsewhere || !(await isOurs(provider, request, reply))) return gone(reply);
  const form = request.body instanceof URLSearchParams ? request.body : new URLSearchParams();
  const account = findAccount(form.get('email') ?? '', form.get('password') ?? '');
  if (account === null) return sendForm(request, reply, true);
  const next = await provider.interactionResult(request.raw, reply.raw, {
    login: { accountId: account.subject, remember: false },
  });
  return reply.redirect(next, 303);
}
