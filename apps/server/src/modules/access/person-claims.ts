import type { SignInClaims } from './identity-provider.port.ts';

/** A person as we keep them, out of what the identity provider says. */
export type PersonClaims = {
  readonly issuer: string;
  readonly subject: string;
  /** Empty where the provider gives none. */
  readonly email: string;
  readonly emailVerified: boolean;
  readonly name: string;
  /** BCP 47, or null where the provider gives none. */
  readonly locale: string | null;
};

const languageTag = /^[a-z]{2,3}(?:[-_][a-z0-9]{2,8}){0,4}$/i;
// Names are shown to others: no control characters, and none that turn the reading direction.
const unprintable = /[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069\u2028\u2029]/gu;

const shown = (text: string | null, longest: number): string =>
  (text ?? '').toWellFormed().replaceAll(unprintable, '').trim().slice(0, longest).toWellFormed();

/** Issuer and subject stay as they are, for they decide who it is; the rest is only shown. */
export function personOfClaims(claims: SignInClaims): PersonClaims {
  const email = shown(claims.email, 320);
  return {
    issuer: claims.issuer,
    subject: claims.subject,
    email,
    // An address that had to be changed is not the one that was verified.
    emailVerified: claims.emailVerified && email !== '' && email === claims.email,
    name: shown(claims.name, 200) || email || 'Somebody without a name',
    locale:
      claims.locale !== null && languageTag.test(claims.locale) ? claims.locale.replaceAll('_', '-') : null,
  };
}

const printableAscii = /^[\x21-\x7e]+$/;
// Lower case is for ASCII only: the Kelvin sign turns into a k, and somebody else into the administrator.
const folded = (email: string): string => (printableAscii.test(email) ? email.toLowerCase() : email);

/** Whether these claims prove the e-mail address that the installation names as its first administrator. */
export const isNamedAdministrator = (person: PersonClaims, administrator: string | null): boolean =>
  administrator !== null && person.emailVerified && folded(person.email) === folded(administrator);
