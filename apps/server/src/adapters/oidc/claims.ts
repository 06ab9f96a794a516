import type { SignInClaims } from '../../modules/access/identity-provider.port.ts';

/** Verified claims of an ID token, or the answer of the userinfo endpoint for the same subject. */
export type ClaimSet = Readonly<Record<string, unknown>>;

// OpenID Connect Core 2: at most 255 ASCII characters. Nothing else may decide who somebody is.
const identifier = /^[\x20-\x7e]{1,255}$/;

/** Whether the ID token alone does not say whom to show, so that the userinfo endpoint should be asked. */
export const lacksProfile = (idToken: ClaimSet): boolean =>
  typeof idToken['email'] !== 'string' || typeof idToken['name'] !== 'string';

/**
 * The claims as the access room knows them. Who it is and when they proved it comes from the ID token alone; an e-mail
 * and whether it is verified are always taken from the same place. Null where issuer or subject are out of form.
 */
export function claimsOf(idToken: ClaimSet, userInfo: ClaimSet, groupsClaim: string): SignInClaims | null {
  const { iss, sub } = idToken;
  if (typeof iss !== 'string' || !identifier.test(iss)) return null;
  if (typeof sub !== 'string' || !identifier.test(sub)) return null;
  const mail = typeof idToken['email'] === 'string' ? idToken : userInfo;
  return {
    issuer: iss,
    subject: sub,
    email: textOf(mail['email']),
    emailVerified: mail['email_verified'] === true,
    name: textOf(idToken['name']) ?? textOf(userInfo['name']),
    locale: textOf(idToken['locale']) ?? textOf(userInfo['locale']),
    authTime: timeOf(idToken['auth_time']),
    groups: textsOf(own(idToken, groupsClaim) ?? own(userInfo, groupsClaim)),
  };
}

const own = (claims: ClaimSet, name: string): unknown =>
  Object.hasOwn(claims, name) ? claims[name] : undefined;

const textOf = (claim: unknown): string | null => (typeof claim === 'string' && claim !== '' ? claim : null);

const textsOf = (claim: unknown): readonly string[] => {
  const listed: readonly unknown[] = Array.isArray(claim) ? claim : [claim];
  return listed.filter((group) => typeof group === 'string');
};

function timeOf(claim: unknown): Date | null {
  if (typeof claim !== 'number') return null;
  const time = new Date(claim * 1000);
  return Number.isNaN(time.getTime()) ? null : time;
}
