import * as client from 'openid-client';
import type { Clock } from '../../kernel/clock.ts';
import { ok, refused } from '../../kernel/result.ts';
import type { IdentityProvider, SignInClaims } from '../../modules/access/identity-provider.port.ts';
import { type ClaimSet, claimsOf, lacksProfile } from './claims.ts';
import { type ClientOptions, providerMetadata } from './provider-metadata.ts';
import { refusalOf } from './sign-in-refusal.ts';

export type OidcOptions = ClientOptions & {
  /** Scopes to ask for; default `openid email profile`. */
  readonly scope?: string;
  /** The claim that lists a person's groups; default `groups`. */
  readonly groupsClaim?: string;
};

/**
 * Sign-in by OpenID Connect's authorization code flow with PKCE (OpenID Connect Core 3.1, RFC 7636, RFC 9207). The
 * provider is asked at the first sign-in, never before. Throws UnsafeIssuer for an issuer not to be trusted.
 */
export function oidcIdentityProvider(options: OidcOptions, clock: Clock): IdentityProvider {
  const metadata = providerMetadata(options, clock);
  return {
    async beginSignIn({ redirectUri, fresh }) {
      try {
        const secrets = {
          state: client.randomState(),
          nonce: client.randomNonce(),
          verifier: client.randomPKCECodeVerifier(),
        };
        const url = client.buildAuthorizationUrl(await metadata(), {
          redirect_uri: redirectUri,
          scope: options.scope ?? 'openid email profile',
          state: secrets.state,
          nonce: secrets.nonce,
          code_challenge: await client.calculatePKCECodeChallenge(secrets.verifier),
          code_challenge_method: 'S256',
          // `max_age` also makes `auth_time` required (OpenID Connect Core 3.1.2.1).
          ...(fresh ? { prompt: 'login', max_age: '0' } : {}),
        });
        return ok({ url, secrets });
      } catch (error) {
        const refusal = refusalOf(error);
        // No browser has said anything yet: what does not hold is the provider's own description, or our settings.
        return refused(refusal.kind === 'not-proved' ? { ...refusal, kind: 'misconfigured' } : refusal);
      }
    },

    async finishSignIn({ callbackUrl, secrets }) {
      try {
        const claims = await redeem(await metadata(), callbackUrl, secrets, options.groupsClaim ?? 'groups');
        return claims === null ? refused({ kind: 'not-proved', code: 'malformed-subject' }) : ok(claims);
      } catch (error) {
        return refused(refusalOf(error));
      }
    },
  };
}

async function redeem(
  configuration: client.Configuration,
  callbackUrl: URL,
  secrets: { readonly state: string; readonly nonce: string; readonly verifier: string },
  groupsClaim: string,
): Promise<SignInClaims | null> {
  // `auth_time` is not checked here: what an absent or old one means is the access room's word (presence.ts).
  const tokens = await client.authorizationCodeGrant(configuration, callbackUrl, {
    expectedState: secrets.state,
    expectedNonce: secrets.nonce,
    pkceCodeVerifier: secrets.verifier,
    idTokenExpected: true,
  });
  const idToken = tokens.claims();
  if (idToken === undefined) return null;
  const userInfo: ClaimSet =
    lacksProfile(idToken) && configuration.serverMetadata().userinfo_endpoint !== undefined
      ? await client.fetchUserInfo(configuration, tokens.access_token, idToken.sub)
      : {};
  return claimsOf(idToken, userInfo, groupsClaim);
}
