import type { PushCertificate } from '@keyhaven/api-contract/push-certificate';
import { days } from '../../kernel/clock.ts';

type Dates = { readonly notAfter: Date };

/** Days before the end at which IT is told, and 0: once it is over. From the last to the first. */
const warnings = [0, 1, 7, 14, 30, 60] as const;
const soonDays = 60;

/** Whole days until the end: 0 on the last day, negative once it is over. */
export const daysLeft = ({ notAfter }: Dates, now: Date): number =>
  Math.floor((notAfter.getTime() - now.getTime()) / days(1));

export function stateOf(certificate: Dates | null, now: Date): PushCertificate['state'] {
  if (certificate === null) return 'missing';
  if (now > certificate.notAfter) return 'expired';
  return isWithin(certificate, soonDays, now) ? 'expires-soon' : 'valid';
}

/** The warnings whose time has come, the most pressing first. A late start owes only that one; the rest are past. */
export const dueWarnings = (certificate: Dates, now: Date): readonly number[] =>
  warnings.filter((each) => isWithin(certificate, each, now));

const isWithin = ({ notAfter }: Dates, count: number, now: Date): boolean =>
  count === 0 ? now > notAfter : notAfter.getTime() - now.getTime() <= days(count);

/** The sentence that IT reads. */
export function warningWords({ notAfter }: Dates, now: Date): string {
  const date = notAfter.toISOString().slice(0, 10);
  const left = daysLeft({ notAfter }, now);
  const when = left === 0 ? 'within a day' : left === 1 ? 'in 1 day' : `in ${left} days`;
  const what =
    now > notAfter
      ? `The push certificate expired on ${date}: no Mac can be pushed any more.`
      : `The push certificate expires on ${date}, ${when}.`;
  return `${what} Renew it at identity.apple.com with Renew, not Create; then no Mac has to enroll again.`;
}
