import * as client from 'openid-client';
import type { SignInRefusal } from '../../modules/access/identity-provider.port.ts';

const authorizationErrors: Readonly<Record<string, SignInRefusal['kind']>> = {
  server_error: 'unavailable',
  temporarily_unavailable: 'unavailable',
  unauthorized_client: 'misconfigured',
  unsupported_response_type: 'misconfigured',
  invalid_scope: 'misconfigured',
  invalid_request: 'misconfigured',
};
const unreachable = new Set([
  'OAUTH_TIMEOUT',
  'OAUTH_ABORT',
  'OAUTH_RESPONSE_IS_NOT_CONFORM',
  'OAUTH_RESPONSE_IS_NOT_JSON',
  'OAUTH_PARSE_ERROR',
]);
const protocolWord = /^[a-z_]{1,40}$/;

/** What an error of openid-client means for the person. Its text may hold what was sent, so only codes leave here. */
export function refusalOf(error: unknown): SignInRefusal {
  if (error instanceof client.AuthorizationResponseError) {
    const kind = Object.hasOwn(authorizationErrors, error.error)
      ? authorizationErrors[error.error]
      : undefined;
    return { kind: kind ?? 'denied', code: wordOf(error.error) };
  }
  if (error instanceof client.ResponseBodyError) {
    if (error.error === 'invalid_grant') return { kind: 'not-proved', code: 'invalid_grant' };
    return { kind: 'misconfigured', code: wordOf(error.error) };
  }
  if (error instanceof client.WWWAuthenticateChallengeError) {
    return { kind: 'misconfigured', code: 'client-refused' };
  }
  if (error instanceof client.ClientError) {
    const code = error.code ?? 'OAUTH_UNKNOWN';
    if (unreachable.has(code) || code === 'OAUTH_UNKNOWN') return { kind: 'unavailable', code };
    return { kind: 'not-proved', code };
  }
  // What fetch throws when nobody answers.
  return { kind: 'unavailable', code: error instanceof Error ? error.name : 'unknown' };
}

/** The provider's error word if it is one; what came through the browser is not for the log. */
const wordOf = (text: string): string => (protocolWord.test(text) ? text : 'unknown-error');
