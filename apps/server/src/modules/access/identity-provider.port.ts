import type { Result } from '../../kernel/result.ts';

/** What the identity provider vouches for: signature, issuer, audience, nonce and expiry are already checked. */
export type SignInClaims = {
  readonly issuer: string;
  readonly subject: string;
  readonly email: string | null;
  /** True only where the provider said the boolean `true` about this very address. */
  readonly emailVerified: boolean;
  readonly name: string | null;
  readonly locale: string | null;
  /** When the person last proved who they are, as the provider says; null where it does not. */
  readonly authTime: Date | null;
  readonly groups: readonly string[];
};

/** What ties the answer to the browser that asked (OpenID Connect Core 3.1.2.1, RFC 7636). Known to that browser only. */
export type SignInSecrets = { readonly state: string; readonly nonce: string; readonly verifier: string };

/**
 * Why there are no claims. `denied`: the person or the provider said no; `not-proved`: the answer does not hold
 * (state, nonce, signature, a code used before); `unavailable`: try later; `misconfigured`: IT must mend it.
 * `code` is the protocol's own word for the log and never holds what was sent.
 */
export type SignInRefusal = {
  readonly kind: 'denied' | 'not-proved' | 'unavailable' | 'misconfigured';
  readonly code: string;
};

export type IdentityProvider = {
  /** Where to send the browser. `fresh` asks the provider to make the person prove themselves again now. */
  readonly beginSignIn: (request: {
    readonly redirectUri: string;
    readonly fresh: boolean;
  }) => Promise<Result<{ readonly url: URL; readonly secrets: SignInSecrets }, SignInRefusal>>;
  /** Turns the browser's answer into claims. `callbackUrl` is the redirect URI with the query as it came. */
  readonly finishSignIn: (answer: {
    readonly callbackUrl: URL;
    readonly secrets: SignInSecrets;
  }) => Promise<Result<SignInClaims, SignInRefusal>>;
};
