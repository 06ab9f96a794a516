import { createHash, randomBytes } from 'node:crypto';
import { after, hours, minutes } from '../../kernel/clock.ts';
import type { Role } from '../../kernel/permission.ts';

/** A session as it is stored; the token itself never is. */
export type Session = {
  readonly createdAt: Date;
  readonly lastSeenAt: Date;
  readonly expiresAt: Date;
  readonly endedAt: Date | null;
};

const idleMs = minutes(60);
const touchAfterMs = minutes(1);
const tokenForm = /^[A-Za-z0-9_-]{43}$/;

const lifetimeMs = (roles: readonly Role[]): number =>
  roles.includes('administrator') ? hours(12) : hours(24);

/** A new session token: 256 random bits in base64url. */
export const newSessionToken = (): string => randomBytes(32).toString('base64url');

/** What is stored of a token, or null for a text that no token can be. */
export const hashOfToken = (token: string): Buffer | null =>
  tokenForm.test(token) ? createHash('sha256').update(token).digest() : null;

/** When a session that begins now ends at the latest. */
export const expiryOf = (roles: readonly Role[], now: Date): Date => after(now, lifetimeMs(roles));

/** Whether the session still stands for its person. A role granted meanwhile shortens it at once. */
export function isAlive(session: Session, roles: readonly Role[], now: Date): boolean {
  if (session.endedAt !== null || now >= session.expiresAt) return false;
  if (now >= expiryOf(roles, session.createdAt)) return false;
  return now.getTime() - session.lastSeenAt.getTime() <= idleMs;
}

/** Whether it is time to write down that the session is in use: once a minute is enough for an hour's idle limit. */
export const isTouchDue = (session: Session, now: Date): boolean =>
  now.getTime() - session.lastSeenAt.getTime() >= touchAfterMs;
