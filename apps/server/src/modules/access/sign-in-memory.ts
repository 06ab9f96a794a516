import { z } from 'zod';
import { minutes } from '../../kernel/clock.ts';
import { localReturnPath } from './return-path.ts';

/** How long somebody may take at the identity provider's page. */
export const signInTakesAtMostMs = minutes(10);

const memory = z.strictObject({
  state: z.string().min(16).max(200),
  nonce: z.string().min(16).max(200),
  verifier: z.string().min(43).max(128),
  returnTo: z.string().transform(localReturnPath),
  fresh: z.boolean(),
  askedAt: z.int().transform((milliseconds) => new Date(milliseconds)),
});

/**
 * What a browser remembers of a sign-in on its way, in a cookie of its own, so that the start of a sign-in writes
 * nothing here and no other browser can finish it. Its owner may change it and gains nothing: the identity provider
 * checks the verifier, and the proof of presence is held to five minutes by its own time.
 */
export type SignInMemory = z.output<typeof memory>;

/** The cookie's value: JSON in base64url. */
export const writeSignInMemory = (kept: SignInMemory): string =>
  Buffer.from(JSON.stringify({ ...kept, askedAt: kept.askedAt.getTime() })).toString('base64url');

/** What the cookie says, or null where there is none, it is not ours, or it is too old. */
export function readSignInMemory(cookie: string | undefined, now: Date): SignInMemory | null {
  if (cookie === undefined || cookie.length > 4096) return null;
  const read = memory.safeParse(jsonOf(Buffer.from(cookie, 'base64url').toString('utf8')));
  if (!read.success) return null;
  const ageMs = now.getTime() - read.data.askedAt.getTime();
  return ageMs >= 0 && ageMs <= signInTakesAtMostMs ? read.data : null;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
