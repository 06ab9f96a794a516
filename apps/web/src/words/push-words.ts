import type { PushCertificate } from '@keyhaven/api-contract/push-certificate';
import { enSettings } from './en/settings.ts';
import type { Tone } from './tone.ts';

const tones: Readonly<Record<PushCertificate['state'], Tone>> = {
  valid: 'good',
  'expires-soon': 'warning',
  expired: 'bad',
  missing: 'bad',
};
export const pushTone = (state: PushCertificate['state']): Tone => tones[state];

/** Every refusal of a push certificate that has a sentence of its own. */
export type PushRefusal = keyof typeof enSettings.push.refusal;

export const isPushRefusal = (code: string): code is PushRefusal =>
  Object.hasOwn(enSettings.push.refusal, code);

export type PushWarning = 'missing' | 'expired' | 'refused' | 'today' | 'soon';

const soonDays = 30;

/** What everybody who can mend it should see on every page; null when all is well for a month. */
export function pushWarningOf(
  certificate: Pick<PushCertificate, 'state' | 'topic' | 'daysLeft' | 'refusedByApple'>,
): PushWarning | null {
  const { state, topic, daysLeft, refusedByApple } = certificate;
  if (state === 'expired') return 'expired';
  // With a topic of the settings somebody else pushes, or it is the evaluation: Macs do enroll.
  if (state === 'missing') return topic === null ? 'missing' : null;
  if (refusedByApple !== null) return 'refused';
  if (daysLeft === null || daysLeft > soonDays) return null;
  return daysLeft < 1 ? 'today' : 'soon';
}
