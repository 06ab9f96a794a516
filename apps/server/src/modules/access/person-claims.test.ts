import { describe, expect, it } from 'vitest';
import type { SignInClaims } from './identity-provider.port.ts';
import { isNamedAdministrator, personOfClaims } from './person-claims.ts';

const claims = (more: Partial<SignInClaims>): SignInClaims => ({
  issuer: 'https://login.example.com',
  subject: 's',
  email: 'ada@example.com',
  emailVerified: true,
  name: 'Ada',
  locale: 'en-GB',
  authTime: null,
  groups: [],
  ...more,
});
const named = (more: Partial<SignInClaims>, administrator: string | null = 'ada@example.com'): boolean =>
  isNamedAdministrator(personOfClaims(claims(more)), administrator);

describe('the first administrator', () => {
  it('is known by the verified e-mail, in either case', () => {
    expect(named({})).toBe(true);
    expect(named({ email: 'Ada@Example.COM' })).toBe(true);
    expect(named({}, 'ADA@example.com')).toBe(true);
  });

  it.each([
    ['not verified', { emailVerified: false }],
    ['no e-mail', { email: null }],
    ['an empty e-mail', { email: '' }],
    ['another e-mail', { email: 'ada@example.com.evil.example' }],
    ['spaces around it', { email: ' ada@example.com' }],
    ['a control character in it', { email: 'ada@exa\u0000mple.com' }],
    ['a turned direction in it', { email: 'ada\u202e@example.com' }],
  ])('is nobody with %s', (_what, more) => {
    expect(named(more)).toBe(false);
  });

  it('is nobody whose letters only look alike after folding', () => {
    expect(named({ email: 'kate@\u212aeys.example' }, 'kate@keys.example')).toBe(false);
    expect(named({ email: 'ad\u0131@example.com' }, 'adi@example.com')).toBe(false);
  });

  it('is nobody where none is named', () => {
    expect(named({}, null)).toBe(false);
    expect(named({ email: null }, '')).toBe(false);
  });
});

describe('a person’s name and language', () => {
  it('are fit to be shown to others', () => {
    const person = personOfClaims(claims({ name: ' \u202eAda\u0000\r\n ', locale: 'de_AT' }));
    expect(person).toMatchObject({ name: 'Ada', locale: 'de-AT' });
    expect(personOfClaims(claims({ name: 'a'.repeat(999) })).name).toHaveLength(200);
    expect(personOfClaims(claims({ name: `${'a'.repeat(199)}😀` })).name.isWellFormed()).toBe(true);
  });

  it('fall back to the e-mail and to nothing', () => {
    expect(personOfClaims(claims({ name: null, locale: 'x; drop' }))).toMatchObject({
      name: 'ada@example.com',
      locale: null,
    });
    expect(personOfClaims(claims({ name: ' ', email: null }))).toMatchObject({
      name: 'Somebody without a name',
      email: '',
    });
  });

  it('do not touch who it is', () => {
    expect(personOfClaims(claims({ issuer: 'https://X/ ', subject: ' S ' }))).toMatchObject({
      issuer: 'https://X/ ',
      subject: ' S ',
    });
  });
});
