import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';

type Key = Awaited<ReturnType<typeof generateKeyPair>>['privateKey'];

/** An identity provider that does as a test says. */
export type OddProvider = {
  readonly issuer: URL;
  /** Changes the claims of the next ID tokens. `undefined` leaves one out. */
  claims: Record<string, unknown>;
  /** What the userinfo endpoint says. */
  userInfo: Record<string, unknown>;
  /** Signs with a key that is in no key set. */
  forge: boolean;
  /** Answers the paths named here in another way. */
  readonly instead: Map<string, (response: ServerResponse) => void>;
  /** Paths asked so far. */
  readonly asked: string[];
  /** Parameters of the last token request. */
  tokenRequest: URLSearchParams;
  close(): Promise<void>;
};

/** Starts it on loopback. Its codes are the nonce to put into the ID token. */
export async function startOddProvider(): Promise<OddProvider> {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
  const strangers = await generateKeyPair('ES256');
  const jwk = { ...(await exportJWK(publicKey)), kid: 'k', alg: 'ES256', use: 'sig' };
  const server = createServer((request, response) => {
    answer(provider, jwk, provider.forge ? strangers.privateKey : privateKey, request, response).catch(() =>
      response.destroy(),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const provider: OddProvider = {
    issuer: new URL(`http://127.0.0.1:${address.port}`),
    claims: {},
    userInfo: {},
    forge: false,
    instead: new Map(),
    asked: [],
    tokenRequest: new URLSearchParams(),
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return provider;
}

async function answer(
  provider: OddProvider,
  jwk: object,
  key: Key,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const path = (request.url ?? '').split('?')[0] ?? '';
  provider.asked.push(path);
  const instead = provider.instead.get(path);
  if (instead !== undefined) return instead(response);
  const base = provider.issuer.origin;
  const json = (body: unknown): void => {
    response.setHeader('content-type', 'application/json').end(JSON.stringify(body));
  };
  if (path === '/.well-known/openid-configuration') {
    return json({
      issuer: provider.issuer.href,
      authorization_endpoint: `${base}/authorize`,
      token_endpoint: `${base}/token`,
      jwks_uri: `${base}/keys`,
      userinfo_endpoint: `${base}/userinfo`,
      id_token_signing_alg_values_supported: ['ES256'],
    });
  }
  if (path === '/keys') return json({ keys: [jwk] });
  if (path === '/userinfo') return json(provider.userInfo);
  provider.tokenRequest = new URLSearchParams(await text(request));
  return json({ access_token: 'at', token_type: 'Bearer', id_token: await idToken(provider, key) });
}

async function idToken(provider: OddProvider, key: Key): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  const claims = {
    iss: provider.issuer.href,
    aud: 'keyhaven',
    sub: 'somebody',
    iat: now,
    exp: now + 300,
    nonce: provider.tokenRequest.get('code'),
    email: 'somebody@example.com',
    email_verified: true,
    name: 'Some Body',
    ...provider.claims,
  };
  return await new SignJWT(JSON.parse(JSON.stringify(claims)))
    .setProtectedHeader({ alg: 'ES256', kid: 'k' })
    .sign(key);
}
