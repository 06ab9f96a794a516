import type { Device } from '@keyhaven/api-contract/device';
import { isUncertain } from './open-attempt.ts';
import type { SeenDevice, SeenKey } from './seen-device.ts';

export type KeySummary = {
  readonly state: Device['recoveryKey']['state'];
  /** The version that this is about; null when none is held. */
  readonly key: SeenKey | null;
  /** Since when a key that was certain is not; null when it is, or when none ever was. */
  readonly doubtfulSince: Date | null;
};

/** What is held of this Mac's key, in one word, and which version that word is about. */
export function summarizeKey({ keys, attempt }: Pick<SeenDevice, 'keys' | 'attempt'>): KeySummary {
  const newest = (state: SeenKey['state']): SeenKey | null => keys.find((key) => key.state === state) ?? null;
  const current = newest('current');
  const unproven = newest('unproven');
  const candidate = newest('candidate');
  const open = attempt !== null && attempt.endedAt === null ? attempt : null;
  if (open !== null && isUncertain(open.state)) {
    const doubtfulSince = current === null ? null : open.deliveredAt;
    return { state: 'uncertain', key: current ?? unproven ?? candidate, doubtfulSince };
  }
  if (unproven !== null && (current === null || unproven.version > current.version)) {
    return { state: 'unproven', key: unproven, doubtfulSince: current === null ? null : unproven.storedAt };
  }
  if (current !== null) return { state: 'current', key: current, doubtfulSince: null };
  if (open !== null && candidate !== null) return { state: 'candidate', key: candidate, doubtfulSince: null };
  return { state: 'none', key: null, doubtfulSince: null };
}
