import { type Finding, failed, fine, warning } from '../finding.ts';

/** How far a clock elsewhere is from this machine's. */
export type ClockReading = {
  /** As the end of a sentence: `the database`. */
  readonly of: string;
  /** Milliseconds that the other clock is ahead of ours, at least and at most: what the way takes is not known. */
  readonly aheadMs: readonly [least: number, most: number];
};

const tolerableMs = 5000;
const unbearableMs = 60_000;

/** Whether this machine's clock is that of others: freshness of sign-ins and dates of certificates live on it. */
export function clockFindings(readings: readonly ClockReading[]): readonly Finding[] {
  if (readings.length === 0) {
    return [
      warning(
        'nothing to compare it with answers',
        'Run this again when the database or the sign-in answers.',
      ),
    ];
  }
  const findings = readings.flatMap(judge);
  if (findings.length > 0) return findings;
  return [fine(`goes with that of ${readings.map((each) => each.of).join(' and ')}`)];
}

function judge({ of, aheadMs: [least, most] }: ClockReading): readonly Finding[] {
  // What is certain: zero where both clocks may be the same.
  const certainMs = least > 0 ? least : most < 0 ? -most : 0;
  if (certainMs <= tolerableMs) return [];
  const seconds = Math.round(certainMs / 1000);
  const found = `this machine's is ${seconds} s ${least > 0 ? 'behind' : 'ahead of'} that of ${of}`;
  if (certainMs <= unbearableMs)
    return [warning(found, 'Have both kept by a time service (NTP) before it grows.')];
  return [
    failed(
      found,
      'Have both kept by a time service (NTP): fresh sign-ins and certificates are judged by it.',
    ),
  ];
}

/** The reading of a clock that said `theirs`, precise to `precisionMs`, to a question asked and answered at these times. */
export const readingOf = (
  of: string,
  theirs: Date,
  {
    asked,
    answered,
    precisionMs,
  }: { readonly asked: Date; readonly answered: Date; readonly precisionMs: number },
): ClockReading => ({
  of,
  aheadMs: [theirs.getTime() - answered.getTime(), theirs.getTime() + precisionMs - asked.getTime()],
});
