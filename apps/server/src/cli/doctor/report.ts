import { type Finding, type FindingState, worstOf } from './finding.ts';
import type { Checked } from './run-checks.ts';

const marks: Readonly<Record<FindingState, string>> = { ok: '✓', warning: '!', failed: '✗' };

/** The report for a terminal: a line for each finding, and below what is not in order what to do next. */
export function reportLines(checked: readonly Checked[]): readonly string[] {
  const width = Math.max(...checked.map(({ name }) => name.length));
  const lines = checked.flatMap(({ name, findings }) =>
    findings.flatMap((finding) => {
      const line = `${marks[finding.state]} ${name.padEnd(width)}  ${finding.found}`;
      return finding.state === 'ok' ? [line] : [line, `${' '.repeat(width + 4)}→ ${finding.next}`];
    }),
  );
  return [...lines, '', summaryOf(checked)];
}

/** The report for programs. Fields may be added; these stay. */
export const reportJson = (checked: readonly Checked[]): string =>
  JSON.stringify(
    {
      ok: isSound(checked),
      checks: checked.map(({ name, findings }) => ({
        name,
        state: worstOf(findings),
        findings: findings.map(plain),
      })),
    },
    null,
    2,
  );

const plain = (finding: Finding) => ({
  state: finding.state,
  found: finding.found,
  next: finding.state === 'ok' ? null : finding.next,
});

/** Whether nothing has failed. */
export const isSound = (checked: readonly Checked[]): boolean =>
  checked.every(({ findings }) => worstOf(findings) !== 'failed');

function summaryOf(checked: readonly Checked[]): string {
  const states = checked.flatMap(({ findings }) => findings.map(({ state }) => state));
  const failures = states.filter((state) => state === 'failed').length;
  const warnings = states.filter((state) => state === 'warning').length;
  if (failures === 0 && warnings === 0) return 'Everything is in order.';
  return `${failures} failed, ${count(warnings, 'warning')}.`;
}

const count = (number: number, word: string): string => `${number} ${word}${number === 1 ? '' : 's'}`;
