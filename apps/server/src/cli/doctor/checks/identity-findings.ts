import { type Finding, failed, fine, warning } from '../finding.ts';

/** What the provider says of itself (OpenID Connect Discovery 1.0, 3), as far as it is in form. */
export type ProviderDescription = {
  readonly issuer: string;
  readonly tokenEndpoint: string | null;
  readonly jwksUri: string | null;
  readonly authenticationMethods: readonly string[] | null;
  readonly signingAlgorithms: readonly string[] | null;
  readonly responseTypes: readonly string[] | null;
  readonly challengeMethods: readonly string[] | null;
  readonly claims: readonly string[] | null;
};

/** How the token endpoint took our name and secret, with a code that it never gave out. */
export type ClientTrial = 'known' | 'unknown-client' | 'unknown-redirect' | 'unclear' | 'not-tried';

export type ProviderFacts = {
  readonly issuer: URL;
  readonly redirectUri: string;
  readonly description: ProviderDescription;
  /** How many keys its key set holds; null where that is not reached. */
  readonly keys: number | null;
  readonly trial: ClientTrial;
};

/** Where the provider describes itself, as sign-in asks for it. */
export function discoveryUrl(issuer: URL): URL {
  const url = new URL(issuer);
  url.pathname = `${url.pathname.replace(/\/$/, '')}/.well-known/openid-configuration`;
  return url;
}

// What oauth4webapi, below openid-client, can verify.
const algorithms = /^(?:[RPE]S(?:256|384|512)|EdDSA|Ed25519|ML-DSA-(?:44|65|87))$/;

/** Whether people will be able to sign in. */
export function providerFindings(facts: ProviderFacts): readonly Finding[] {
  const { description, issuer, redirectUri } = facts;
  const findings = [
    ...issuerFindings(description.issuer, issuer),
    ...ableFindings(description),
    ...keyFindings(facts.keys),
    ...trialFindings(facts.trial, redirectUri),
    ...claimFindings(description.claims),
  ];
  const register = fine(`the redirect URI to register there is ${redirectUri}`);
  const isFine = findings.every(({ state }) => state === 'ok');
  return isFine
    ? [fine(`${issuer.host} describes itself and fits`), ...findings, register]
    : [...findings, register];
}

function issuerFindings(said: string, issuer: URL): readonly Finding[] {
  if (URL.canParse(said) && new URL(said).href === issuer.href) return [];
  if (/\{tenant/i.test(said))
    return [
      failed(
        'its issuer is a pattern for many tenants',
        "Set KEYHAVEN_OIDC_ISSUER to your tenant's own address, with its id in place of common or organizations.",
      ),
    ];
  return [
    failed(
      `it calls itself another issuer than ${issuer.href}`,
      'Copy the issuer from its description into KEYHAVEN_OIDC_ISSUER, to the letter.',
    ),
  ];
}

function ableFindings(description: ProviderDescription): readonly Finding[] {
  const findings: Finding[] = [];
  const { authenticationMethods, signingAlgorithms, responseTypes, challengeMethods } = description;
  const secretMethods = ['client_secret_post', 'client_secret_basic'];
  if (
    authenticationMethods !== null &&
    !authenticationMethods.some((method) => secretMethods.includes(method))
  ) {
    findings.push(
      failed(
        'it takes no client secret',
        'Allow client_secret_post or client_secret_basic for this client there.',
      ),
    );
  }
  if (signingAlgorithms !== null && !signingAlgorithms.some((algorithm) => algorithms.test(algorithm))) {
    findings.push(
      failed(
        'it signs ID tokens in no way that proves who made them',
        'Choose RS256 or ES256 for the ID tokens of this client there.',
      ),
    );
  }
  if (responseTypes !== null && !responseTypes.includes('code')) {
    findings.push(failed('it knows no authorization code flow', 'Allow the response type code there.'));
  }
  if (challengeMethods !== null && !challengeMethods.includes('S256')) {
    findings.push(
      warning(
        'it names no PKCE with S256',
        'See that it ignores what it does not know, or turn PKCE on there.',
      ),
    );
  }
  return findings;
}

function keyFindings(keys: number | null): readonly Finding[] {
  if (keys !== null && keys > 0) return [];
  return [
    failed(
      keys === null ? 'its signing keys are not to be had' : 'its key set is empty',
      'See that its jwks_uri is open from here: without it no ID token can be checked.',
    ),
  ];
}

function trialFindings(trial: ClientTrial, redirectUri: string): readonly Finding[] {
  switch (trial) {
    case 'unknown-client':
      return [
        failed(
          'it does not take our client id and secret',
          'Compare KEYHAVEN_OIDC_CLIENT_ID and KEYHAVEN_OIDC_CLIENT_SECRET with the client there; the secret may have run out.',
        ),
      ];
    case 'unknown-redirect':
      return [failed('it does not know our redirect URI', `Register ${redirectUri} for this client there.`)];
    case 'known':
      return [fine('it takes our client id and secret')];
    case 'unclear':
    case 'not-tried':
      return [];
  }
}

function claimFindings(claims: readonly string[] | null): readonly Finding[] {
  if (claims?.includes('auth_time') === true) return [];
  return [
    warning(
      'it does not promise to say when a person signed in (auth_time)',
      'Where it can be told to, have it add auth_time to ID tokens; else people sign in once more before a reveal.',
    ),
  ];
}
