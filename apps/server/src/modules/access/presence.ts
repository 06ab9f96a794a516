import { minutes } from '../../kernel/clock.ts';

/** How long a proof of who somebody is counts as fresh (product.md U8). */
export const freshnessMs = minutes(5);

/** How far the identity provider's clock may differ from ours. */
export const clockToleranceMs = minutes(1);

/**
 * When the person proved who they are, as far as we believe it; null where nothing proves it. A provider that was
 * asked for a fresh proof and answers with an old one (or says nothing) has given none.
 */
export function believedPresence(
  said: { readonly authTime: Date | null; readonly fresh: boolean; readonly askedAt: Date },
  now: Date,
): Date | null {
  if (said.authTime === null) return null;
  const at = said.authTime.getTime();
  if (Number.isNaN(at) || at > now.getTime() + clockToleranceMs) return null;
  if (said.fresh && at < said.askedAt.getTime() - clockToleranceMs) return null;
  // A provider whose clock is ahead does not make the proof last longer.
  return at > now.getTime() ? now : said.authTime;
}

/** Whether a proof given at `authenticatedAt` is fresh at `now`. */
export function isFreshAt(authenticatedAt: Date | null, now: Date): boolean {
  if (authenticatedAt === null) return false;
  const age = now.getTime() - authenticatedAt.getTime();
  return age <= freshnessMs && age >= -clockToleranceMs;
}
