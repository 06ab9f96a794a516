import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Runner } from '../../kernel/verb.ts';
import type { Database, Tx } from '../../platform/db/database.ts';
import { sendPlainPage } from '../../platform/http/plain-page.ts';
import { clearSiteData } from '../../platform/http/security-headers.ts';
import type { AccessCookies } from './cookies.ts';
import type { IdentityProvider, SignInRefusal } from './identity-provider.port.ts';
import { localReturnPath } from './return-path.ts';
import type { RoleRules } from './settle-roles.ts';
import { signIn } from './sign-in.ts';
import { readSignInMemory, signInTakesAtMostMs, writeSignInMemory } from './sign-in-memory.ts';
import { signInPages } from './sign-in-pages.ts';
import { signOut } from './sign-out.ts';

export type AccessContext = {
  readonly publicUrl: URL;
  readonly database: Database;
  readonly runner: Runner<Tx>;
  readonly identityProvider: IdentityProvider;
  readonly rules: RoleRules;
  /** Told of every sign-in that did not end well; `code` is safe to log. */
  readonly onRefused: (refusal: SignInRefusal) => void;
};

/** Sends the browser to the identity provider. Nothing is written here: the browser keeps what it needs. */
export async function beginSignInAt(
  context: AccessContext,
  cookies: AccessCookies,
  request: FastifyRequest,
  reply: FastifyReply,
  query: { readonly return?: string | undefined; readonly fresh?: string | undefined },
): Promise<FastifyReply> {
  const elsewhere = ownAddressOf(context.publicUrl, request);
  if (elsewhere !== null) return await reply.redirect(elsewhere, 303);
  const fresh = query.fresh === '1';
  const begun = await context.identityProvider.beginSignIn({ redirectUri: redirectUriOf(context), fresh });
  if (!begun.ok) return refuseSignIn(context, reply, begun.refusal);
  const kept = writeSignInMemory({
    ...begun.value.secrets,
    returnTo: localReturnPath(query.return),
    fresh,
    askedAt: context.runner.clock.now(),
  });
  void reply.setCookie(cookies.signIn, kept, { ...cookies.options, maxAge: signInTakesAtMostMs / 1000 });
  return await reply.redirect(begun.value.url.href, 303);
}

/** Takes the identity provider's answer from the browser that began, and gives it a new session. */
export async function finishSignInAt(
  context: AccessContext,
  cookies: AccessCookies,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const memory = readSignInMemory(request.cookies[cookies.signIn], context.runner.clock.now());
  void reply.clearCookie(cookies.signIn, cookies.options);
  if (memory === null) return refuseSignIn(context, reply, { kind: 'not-proved', code: 'not-begun-here' });
  const { returnTo, fresh, askedAt, ...secrets } = memory;
  // Built from our own address: what a Host header says must not decide what the provider compares.
  const callbackUrl = new URL(redirectUriOf(context));
  callbackUrl.search = request.url.includes('?') ? request.url.slice(request.url.indexOf('?')) : '';
  const claims = await context.identityProvider.finishSignIn({ callbackUrl, secrets });
  if (!claims.ok) return refuseSignIn(context, reply, claims.refusal);
  const previousToken = request.cookies[cookies.session];
  const signedIn = await signIn(context, { claims: claims.value, fresh, askedAt, previousToken });
  if (!signedIn.ok) {
    if (signedIn.refusal.kind !== 'too-many-requests') throw new Error('a sign-in has one refusal only');
    void reply.header('retry-after', String(signedIn.refusal.retryAfterSeconds));
    const { status, page } = signInPages['too-many-requests'];
    return sendPlainPage(reply, status, page);
  }
  void reply.setCookie(cookies.session, signedIn.value.token, cookies.options);
  return await reply.redirect(returnTo, 303);
}

/** Ends the session on the server and lets the browser forget this site. Without a session it only forgets. */
export async function signOutAt(
  context: AccessContext,
  cookies: AccessCookies,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  if (request.person !== null) await signOut(context.runner, request.person);
  void reply.clearCookie(cookies.session, cookies.options).header('clear-site-data', clearSiteData);
  return await reply.redirect('/', 303);
}

const redirectUriOf = (context: AccessContext): string => new URL('/sign-in/return', context.publicUrl).href;

function refuseSignIn(context: AccessContext, reply: FastifyReply, refusal: SignInRefusal): FastifyReply {
  context.onRefused(refusal);
  const { status, page } = signInPages[refusal.kind];
  return sendPlainPage(reply, status, page);
}

/**
 * Somebody who came by another name of this machine (127.0.0.1 for localhost) is sent to the one we use, once: cookies
 * belong to a name. Only on loopback; elsewhere a proxy may show us a Host of its own.
 */
function ownAddressOf(publicUrl: URL, request: FastifyRequest): string | null {
  if (publicUrl.protocol !== 'http:' || request.host === publicUrl.host) return null;
  const url = new URL(request.url.replace(/^[^?]*/, ''), new URL('/sign-in', publicUrl));
  if (url.searchParams.has('here')) return null;
  url.searchParams.set('here', '1');
  return url.href;
}
