import { randomBytes } from 'node:crypto';
import { exportJWK, generateKeyPair } from 'jose';
import { type Configuration, Provider } from 'oidc-provider';
import { plainPageDocument, plainPagePolicy } from '../../platform/http/plain-page.ts';
import { evaluationAccounts } from './accounts.ts';
import { MemoryAdapter } from './memory-adapter.ts';

/** Where it lives on the server. */
export const evaluationPrefix = '/evaluation-identity';

/** What the sign-in needs to know of it. Secret and keys are new at every start. */
export type EvaluationClient = {
  readonly issuer: URL;
  readonly clientId: string;
  readonly clientSecret: string;
};

/** Makes the provider with its only client, whose answers go to the sign-in at `clientUrl`. */
export async function makeProvider(
  publicUrl: URL,
  clientUrl: URL = publicUrl,
): Promise<{ readonly provider: Provider; readonly client: EvaluationClient }> {
  const client: EvaluationClient = {
    issuer: new URL(evaluationPrefix, publicUrl),
    clientId: 'keyhaven',
    clientSecret: randomBytes(32).toString('base64url'),
  };
  const configuration = await configurationOf(client, new URL('/sign-in/return', clientUrl));
  const provider = new Provider(client.issuer.href, configuration);
  return { provider, client };
}

async function configurationOf(client: EvaluationClient, redirectUri: URL): Promise<Configuration> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  return {
    adapter: MemoryAdapter,
    jwks: { keys: [{ ...(await exportJWK(privateKey)), alg: 'ES256', use: 'sig', kid: 'evaluation' }] },
    enabledJWA: { idTokenSigningAlgValues: ['ES256'] },
    clients: [
      {
        client_id: client.clientId,
        client_secret: client.clientSecret,
        client_name: 'Keyhaven',
        redirect_uris: [redirectUri.href],
        response_types: ['code'],
        grant_types: ['authorization_code'],
        token_endpoint_auth_method: 'client_secret_post',
        id_token_signed_response_alg: 'ES256',
        require_auth_time: true,
      },
    ],
    responseTypes: ['code'],
    pkce: { required: () => true },
    cookies: { keys: [randomBytes(32).toString('base64url')] },
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name', 'locale', 'groups'] },
    // Everything stands in the ID token, as Entra ID, Google and Keycloak do it.
    conformIdTokenClaims: false,
    features: { devInteractions: { enabled: false } },
    interactions: {
      url: (_ctx, interaction) => `${evaluationPrefix}/interaction/${interaction.uid}`,
    },
    findAccount: (_ctx, subject) => accountOf(subject),
    loadExistingGrant: grantOf,
    renderError,
    ttl: {
      AccessToken: () => 600,
      AuthorizationCode: () => 60,
      Grant: () => 600,
      IdToken: () => 600,
      Interaction: () => 600,
      Session: () => 600,
    },
  };
}

function accountOf(subject: string): ReturnType<NonNullable<Configuration['findAccount']>> {
  const account = evaluationAccounts.find((one) => one.subject === subject);
  if (account === undefined) return undefined;
  return {
    accountId: account.subject,
    claims: () => ({
      sub: account.subject,
      email: account.email,
      email_verified: true,
      name: account.name,
      locale: 'en',
      groups: account.role === 'employee' ? [] : [account.role],
    }),
  };
}

// Our own client needs nobody's consent.
const grantOf: NonNullable<Configuration['loadExistingGrant']> = async (ctx) => {
  const { client, session, provider } = ctx.oidc;
  if (client === undefined || session?.accountId === undefined) return undefined;
  const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
  grant.addOIDCScope('openid email profile');
  await grant.save();
  return grant;
};

const renderError: NonNullable<Configuration['renderError']> = (ctx) => {
  ctx.type = 'html';
  ctx.set('content-security-policy', plainPagePolicy);
  ctx.body = plainPageDocument({
    title: 'This sign-in could not be finished',
    lines: ['It took too long, or it was started in another browser.', 'Start it once more from here.'],
    link: { href: '/sign-in', text: 'Try again' },
  });
};
