import type { CookieSerializeOptions } from '@fastify/cookie';

/** The two cookies of a sign-in. On https their names bind them to this very host (RFC 6265bis 4.1.3.2). */
export type AccessCookies = {
  readonly session: string;
  readonly signIn: string;
  readonly options: CookieSerializeOptions;
};

/** Names and attributes of our cookies. No Max-Age for the session: on somebody else's phone it goes with the browser. */
export function accessCookies(publicUrl: URL): AccessCookies {
  const secure = publicUrl.protocol === 'https:';
  const prefix = secure ? '__Host-' : '';
  return {
    session: `${prefix}keyhaven`,
    signIn: `${prefix}keyhaven-sign-in`,
    options: { path: '/', httpOnly: true, sameSite: 'lax', secure },
  };
}
