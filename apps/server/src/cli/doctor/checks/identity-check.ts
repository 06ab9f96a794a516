import { isLoopback, type ProductionConfig } from '../../../config.ts';
import { type Answer, ask, type Question } from '../ask.ts';
import type { Check, CheckContext } from '../check.ts';
import { connectionWords } from '../connection-words.ts';
import { type Finding, failed, fine } from '../finding.ts';
import {
  type ClientTrial,
  discoveryUrl,
  type ProviderDescription,
  providerFindings,
} from './identity-findings.ts';
import { countKeys, readDescription, tokenError } from './provider-description.ts';

/** Whether the identity provider is there, is the one that is meant, and knows this client. */
export const identityCheck: Check = {
  name: 'sign-in',
  settings: ['KEYHAVEN_OIDC', 'KEYHAVEN_PUBLIC_URL'],
  look: async (context) => {
    const { identity, publicUrl } = context.config;
    if (identity.mode === 'evaluation') return [fine('built in, with public accounts')];
    const answer = await ask({ url: discoveryUrl(identity.issuer) }, context);
    const description =
      answer.kind === 'answer' && answer.status === 200 ? readDescription(answer.body) : null;
    if (description === null) return [unreachedFinding(answer, identity.issuer)];
    const redirectUri = new URL('/sign-in/return', publicUrl).href;
    return providerFindings({
      issuer: identity.issuer,
      redirectUri,
      description,
      keys: await keysOf(description, context),
      trial: await tryClient(identity, description, redirectUri, context),
    });
  },
};

function unreachedFinding(answer: Answer, issuer: URL): Finding {
  if (answer.kind === 'no-answer')
    return failed(
      `${issuer.host} is not reached: ${connectionWords(answer.code)}`,
      'See that KEYHAVEN_OIDC_ISSUER is open from here and its certificate is trusted here (NODE_EXTRA_CA_CERTS).',
    );
  return failed(
    `${issuer.host} describes no identity provider below this issuer (status ${answer.status})`,
    'Copy the issuer from its own pages into KEYHAVEN_OIDC_ISSUER, with its path.',
  );
}

async function keysOf({ jwksUri }: ProviderDescription, context: CheckContext): Promise<number | null> {
  const url = safeAddress(jwksUri);
  if (url === null) return null;
  const answer = await ask({ url }, context);
  return answer.kind === 'answer' && answer.status === 200 ? countKeys(answer.body) : null;
}

/**
 * Offers a code that nobody gave out, as sign-in would a true one: what the endpoint says of it tells whether it knows
 * the client (RFC 6749 5.2). Only a provider that calls itself the issuer we mean gets the secret.
 */
async function tryClient(
  identity: ProductionConfig,
  description: ProviderDescription,
  redirectUri: string,
  context: CheckContext,
): Promise<ClientTrial> {
  const url = safeAddress(description.tokenEndpoint);
  const isMeant =
    URL.canParse(description.issuer) && new URL(description.issuer).href === identity.issuer.href;
  if (url === null || !isMeant) return 'not-tried';
  const answer = await ask(trialOf(url, identity, description, redirectUri), context);
  if (answer.kind === 'no-answer') return 'unclear';
  return trials[tokenError(answer.body) ?? ''] ?? 'unclear';
}

const trials: Readonly<Record<string, ClientTrial>> = {
  invalid_client: 'unknown-client',
  unauthorized_client: 'unknown-client',
  redirect_uri_mismatch: 'unknown-redirect',
  invalid_grant: 'known',
};

function trialOf(
  url: URL,
  { clientId, clientSecret }: ProductionConfig,
  { authenticationMethods }: ProviderDescription,
  redirectUri: string,
): Question {
  const form = new URLSearchParams({
    grant_type: 'authorization_code',
    code: 'keyhaven-doctor',
    redirect_uri: redirectUri,
    code_verifier: 'keyhaven-doctor-asks-whether-this-client-is-known',
  });
  // As the adapter does: in the body, unless the provider wants the header.
  if (authenticationMethods === null || authenticationMethods.includes('client_secret_post')) {
    form.set('client_id', clientId);
    form.set('client_secret', clientSecret);
    return { url, form };
  }
  // RFC 6749 2.3.1: both are form-encoded before they are joined.
  const encoded = [clientId, clientSecret].map((text) =>
    new URLSearchParams({ '': text }).toString().slice(1),
  );
  const authorization = `Basic ${Buffer.from(encoded.join(':')).toString('base64')}`;
  return { url, form, headers: { authorization } };
}

/** An address that may be asked, as openid-client sees it: https, or this machine. */
function safeAddress(text: string | null): URL | null {
  const url = text !== null && URL.canParse(text) ? new URL(text) : null;
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url.hostname));
  return url !== null && isSafe ? url : null;
}
