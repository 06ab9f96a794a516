import { ScepError } from './scep-error.ts';

const MAX_QUERY_LENGTH = 64 * 1024;

/**
 * The PKIOperation message of a GET (RFC 8894 4.1), from the raw query string. Lenient where clients differ: `+`, `/` and
 * `=` escaped or not, a `+` that became a blank, base64url, no padding.
 * @param query what follows `?`, not decoded
 * @throws ScepError
 */
export function decodeGetMessage(query: string): Buffer {
  const parameter =
    query.length > MAX_QUERY_LENGTH
      ? undefined
      : query.split('&').find((part) => part.startsWith('message='));
  if (parameter === undefined) throw new ScepError('bad-request', null);
  const base64 = parameter
    .slice('message='.length)
    .replaceAll(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCodePoint(Number.parseInt(hex, 16)))
    .replaceAll(/[\r\n]/g, '')
    .replaceAll(/[ -]/g, '+')
    .replaceAll('_', '/')
    .replace(/={1,2}$/, '');
  if (!/^[A-Za-z0-9+/]+$/.test(base64)) throw new ScepError('bad-request', null);
  return Buffer.from(base64, 'base64');
}
