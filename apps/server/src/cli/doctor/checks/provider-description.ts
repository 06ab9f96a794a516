import { z } from 'zod';
import type { ProviderDescription } from './identity-findings.ts';

const names = z.array(z.string()).nullish().catch(null);
const address = z.string().nullish().catch(null);

const description = z.object({
  issuer: z.string(),
  token_endpoint: address,
  jwks_uri: address,
  token_endpoint_auth_methods_supported: names,
  id_token_signing_alg_values_supported: names,
  response_types_supported: names,
  code_challenge_methods_supported: names,
  claims_supported: names,
});

/** Reads the body of a description (OpenID Connect Discovery 1.0, 4.2); null where it is none. */
export function readDescription(body: string): ProviderDescription | null {
  const read = description.safeParse(parsed(body));
  if (!read.success) return null;
  const said = read.data;
  return {
    issuer: said.issuer,
    tokenEndpoint: said.token_endpoint ?? null,
    jwksUri: said.jwks_uri ?? null,
    authenticationMethods: said.token_endpoint_auth_methods_supported ?? null,
    signingAlgorithms: said.id_token_signing_alg_values_supported ?? null,
    responseTypes: said.response_types_supported ?? null,
    challengeMethods: said.code_challenge_methods_supported ?? null,
    claims: said.claims_supported ?? null,
  };
}

/** How many keys a key set (RFC 7517) holds; null where the body is none. */
export function countKeys(body: string): number | null {
  const read = z.object({ keys: z.array(z.unknown()) }).safeParse(parsed(body));
  return read.success ? read.data.keys.length : null;
}

/** The error code of a token endpoint's refusal (RFC 6749 5.2); null where there is none in form. */
export function tokenError(body: string): string | null {
  const read = z.object({ error: z.string().max(100) }).safeParse(parsed(body));
  return read.success ? read.data.error : null;
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return null;
  }
}
