import * as client from 'openid-client';
import { type Clock, hours } from '../../kernel/clock.ts';
import { boundedFetch } from './bounded-fetch.ts';

export type ClientOptions = {
  /** Issuer as the provider writes it; https, or http on loopback. */
  readonly issuer: URL;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Seconds for one answer of the provider; default 10. */
  readonly timeoutSeconds?: number;
};

/** The issuer's address is one that nobody may trust. */
export class UnsafeIssuer extends Error {
  override readonly name = 'UnsafeIssuer';
  constructor() {
    super('the identity provider must be reached by https; http is for loopback only');
  }
}

const keepMs = hours(1);
const loopback = new Set(['localhost', '127.0.0.1', '[::1]']);

/**
 * The provider's metadata, asked for at the first sign-in and again when an hour old. A failed try is not kept: the
 * next sign-in tries again, and an old answer serves as long as no newer is to be had. Throws UnsafeIssuer at once.
 */
export function providerMetadata(options: ClientOptions, clock: Clock): () => Promise<client.Configuration> {
  const { protocol, hostname } = options.issuer;
  const insecure = protocol === 'http:' && loopback.has(hostname);
  if (protocol !== 'https:' && !insecure) throw new UnsafeIssuer();
  let kept: { readonly configuration: client.Configuration; readonly at: number } | null = null;
  let asking: Promise<client.Configuration> | null = null;

  const ask = async (): Promise<client.Configuration> => {
    const before = kept;
    try {
      const configuration = await discover(options, insecure);
      kept = { configuration, at: clock.now().getTime() };
      return configuration;
    } catch (error) {
      if (before !== null) return before.configuration;
      throw error;
    } finally {
      asking = null;
    }
  };

  return async () => {
    if (kept !== null && clock.now().getTime() - kept.at < keepMs) return kept.configuration;
    asking ??= ask();
    return await asking;
  };
}

function discover(options: ClientOptions, insecure: boolean): Promise<client.Configuration> {
  // The signature of the ID token is checked although TLS already vouches for the token endpoint.
  const execute = [client.enableNonRepudiationChecks];
  if (insecure) execute.push(client.allowInsecureRequests);
  return client.discovery(options.issuer, options.clientId, {}, authenticationOf(options.clientSecret), {
    execute,
    timeout: options.timeoutSeconds ?? 10,
    [client.customFetch]: boundedFetch,
  });
}

/** The secret in the way the provider takes it: in the body, unless it says that it wants the header. */
function authenticationOf(clientSecret: string): client.ClientAuth {
  const post = client.ClientSecretPost(clientSecret);
  const basic = client.ClientSecretBasic(clientSecret);
  return (server, metadata, body, headers) => {
    const methods = server.token_endpoint_auth_methods_supported;
    const chosen = methods === undefined || methods.includes('client_secret_post') ? post : basic;
    chosen(server, metadata, body, headers);
  };
}
