import { describe, expect, it } from 'vitest';
import { after, hours, minutes } from '../../kernel/clock.ts';
import { accessCookies } from './cookies.ts';
import { expiryOf, hashOfToken, isAlive, isTouchDue, newSessionToken, type Session } from './session.ts';

const start = new Date('2026-11-20T08:00:00Z');
const session = (lastSeenMs: number, endedAt: Date | null = null): Session => ({
  createdAt: start,
  lastSeenAt: after(start, lastSeenMs),
  expiresAt: expiryOf([], start),
  endedAt,
});

describe('a session', () => {
  it('lives an hour from its last use and not a moment longer', () => {
    expect(isAlive(session(0), [], after(start, hours(1)))).toBe(true);
    expect(isAlive(session(0), [], after(start, hours(1) + 1))).toBe(false);
  });

  it('lives a day at most, half a day for an administrator', () => {
    const used = session(hours(23.9));
    expect(isAlive(used, [], after(start, hours(24) - 1))).toBe(true);
    expect(isAlive(used, [], after(start, hours(24)))).toBe(false);
    const halfUsed = session(hours(11.9));
    expect(isAlive(halfUsed, ['administrator'], after(start, hours(12) - 1))).toBe(true);
    expect(isAlive(halfUsed, ['administrator'], after(start, hours(12)))).toBe(false);
    expect(isAlive(halfUsed, ['auditor'], after(start, hours(12)))).toBe(true);
  });

  it('that has ended does not live, whenever it ended', () => {
    expect(isAlive(session(0, after(start, hours(2))), [], start)).toBe(false);
  });

  it('is written down as used once a minute', () => {
    expect(isTouchDue(session(0), after(start, minutes(1) - 1))).toBe(false);
    expect(isTouchDue(session(0), after(start, minutes(1)))).toBe(true);
  });
});

describe('a session token', () => {
  it('has 256 bits and is never the same', () => {
    const tokens = new Set(Array.from({ length: 1000 }, newSessionToken));
    expect(tokens.size).toBe(1000);
    for (const token of tokens) expect(Buffer.from(token, 'base64url')).toHaveLength(32);
  });

  it('in another form is not even looked for', () => {
    const token = newSessionToken();
    expect(hashOfToken(token)).toHaveLength(32);
    for (const other of ['', `${token}=`, token.slice(1), `${token} `, `${token}\n`])
      expect(hashOfToken(other)).toBeNull();
  });
});

describe('cookies', () => {
  it('are bound to the host and to TLS on https', () => {
    const cookies = accessCookies(new URL('https://keys.example.com'));
    expect([cookies.session, cookies.signIn]).toEqual(['__Host-keyhaven', '__Host-keyhaven-sign-in']);
    expect(cookies.options).toEqual({ path: '/', httpOnly: true, sameSite: 'lax', secure: true });
  });

  it('have no such name on http, where a browser would drop them', () => {
    const cookies = accessCookies(new URL('http://localhost:8080'));
    expect([cookies.session, cookies.options.secure]).toEqual(['keyhaven', false]);
  });
});
