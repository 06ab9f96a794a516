import { setTimeout as pause } from 'node:timers/promises';
import type { Check, CheckContext } from './check.ts';
import { failureCode } from './failure-code.ts';
import { type Finding, failed, warning } from './finding.ts';

/** What one check has found. */
export type Checked = { readonly name: string; readonly findings: readonly Finding[] };

export type RunOptions = {
  /** Sentences about settings that cannot be read; checks that live on one of them are left out. */
  readonly problems: readonly string[];
  /** Milliseconds that one check may take. */
  readonly limitMs: number;
};

/** Runs all of them at once; the answer is in the order of the table. Never rejects. */
export function runChecks(
  checks: readonly Check[],
  context: Omit<CheckContext, 'signal'>,
  options: RunOptions,
): Promise<readonly Checked[]> {
  return Promise.all(
    checks.map(async (check) => ({ name: check.name, findings: await run(check, context, options) })),
  );
}

async function run(
  check: Check,
  context: Omit<CheckContext, 'signal'>,
  { problems, limitMs }: RunOptions,
): Promise<readonly Finding[]> {
  if (problems.some((problem) => check.settings.some((setting) => problem.includes(setting)))) {
    return [
      warning('not looked at, since its settings are out of order', 'Set them right and run this again.'),
    ];
  }
  const time = new AbortController();
  // Who is asked has a little less time than the check, so that the check can say who did not answer.
  const signal = AbortSignal.any([time.signal, AbortSignal.timeout(Math.round(limitMs * 0.8))]);
  const looking = check
    .look({ ...context, signal })
    .catch((error: unknown) => [brokenOff(failureCode(error))]);
  const over = new AbortController();
  const late = pause(limitMs, [tooLate(limitMs)], { signal: over.signal }).catch(() => []);
  const findings = await Promise.race([looking, late]);
  over.abort();
  time.abort();
  return findings;
}

const brokenOff = (code: string): Finding =>
  failed(`could not be looked at (${code})`, 'Run this again; if it stays, report it with this code.');

const tooLate = (limitMs: number): Finding =>
  failed(
    `gave no answer within ${limitMs / 1000} s`,
    'See whether the way there is open: name service, firewall, proxy.',
  );
