import { hours, minutes } from '../../kernel/clock.ts';
import type { PushOutcome } from '../../modules/commands/transport.port.ts';

/** What APNs answered to one push: a status and, unless it is 200, a JSON of reason and timestamp. */
export type ApnsAnswer = {
  readonly status: number;
  /** In Apple's word, letters only; empty where there is none. */
  readonly reason: string;
  /** Since when a token is not good; with 410 only. */
  readonly since: Date | null;
};

/** Whose fault a push that was not taken is: the Mac's token, Apple's service, or our certificate or request. */
export type Fault = 'none' | 'mac' | 'apple' | 'ours';

/** Reads the answer. What is no JSON has no reason. */
export function readAnswer(status: number, text: string): ApnsAnswer {
  const { reason, timestamp } = membersOf(text);
  return {
    status,
    reason: typeof reason === 'string' ? reason.replaceAll(/[^A-Za-z]/g, '').slice(0, 60) : '',
    since: typeof timestamp === 'number' && timestamp > 0 && timestamp < 8.64e15 ? new Date(timestamp) : null,
  };
}

/** The reason in the debug data of a GOAWAY; empty where there is none. */
export const goawayReason = (data: Buffer | undefined): string =>
  readAnswer(0, data?.toString('latin1') ?? '').reason;

function membersOf(text: string): { readonly reason?: unknown; readonly timestamp?: unknown } {
  try {
    const answer: unknown = JSON.parse(text);
    return typeof answer === 'object' && answer !== null ? answer : {};
  } catch {
    return {};
  }
}

const badToken: ReadonlySet<string> = new Set(['BadDeviceToken', 'DeviceTokenNotForTopic']);
/** What a better certificate would mend. */
const badCertificate: ReadonlySet<string> = new Set(['BadTopic', 'MissingTopic', 'TopicDisallowed']);

/**
 * What becomes of the push, and whose fault it is (reference section 6). `failures`: how often in a row Apple's service
 * has failed, this time included; it is asked again after half a minute, one, two, and so on up to a quarter of an hour.
 */
export function outcomeOf(
  { status, reason, since }: ApnsAnswer,
  failures: number,
): { readonly outcome: PushOutcome; readonly fault: Fault } {
  if (status === 200) return { outcome: 'sent', fault: 'none' };
  if (status === 410) {
    const outcome = since === null ? 'token-refused' : ({ kind: 'token-refused', since } as const);
    return { outcome, fault: 'mac' };
  }
  if (status === 400 && badToken.has(reason)) return { outcome: 'token-refused', fault: 'mac' };
  if (status === 429) return { outcome: later(minutes(5)), fault: 'mac' };
  if (status >= 500) return { outcome: later(backOff(failures)), fault: 'apple' };
  if (status === 400 && reason === 'IdleTimeout') return { outcome: 'not-sent', fault: 'apple' };
  if (status === 403 || badCertificate.has(reason)) return { outcome: later(minutes(15)), fault: 'ours' };
  // A request that Apple does not take is as wrong a minute later.
  return { outcome: later(hours(1)), fault: 'ours' };
}

export const later = (milliseconds: number): PushOutcome => ({ kind: 'later', milliseconds });

const backOff = (failures: number): number =>
  Math.min(minutes(15), minutes(0.5) * 2 ** Math.min(Math.max(failures - 1, 0), 10));
