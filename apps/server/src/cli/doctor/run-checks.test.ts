import { expect, it } from 'vitest';
import { readConfig } from '../../config.ts';
import { systemClock } from '../../kernel/clock.ts';
import type { Check, CheckContext } from './check.ts';
import { failed, fine, warning } from './finding.ts';
import { isSound, reportJson, reportLines } from './report.ts';
import { machineTrust } from './roots.ts';
import { runChecks } from './run-checks.ts';

const context: Omit<CheckContext, 'signal'> = {
  config: readConfig({}),
  clock: systemClock,
  trust: machineTrust(),
  online: false,
  database: async () => ({ kind: 'not-made' }),
  localServer: async () => ({ kind: 'stopped' }),
};
const check = (name: string, look: Check['look'], settings: readonly string[] = []): Check => ({
  name,
  settings,
  look,
});
const never = (): Promise<never> => new Promise(() => {});

it('a check that takes too long fails, is told to stop, and holds up no other', async () => {
  let stopped = false;
  const slow = check('slow', ({ signal }) => {
    signal.addEventListener('abort', () => {
      stopped = true;
    });
    return never();
  });
  const quick = check('quick', async () => [fine('here')]);
  const checked = await runChecks([slow, quick], context, { problems: [], limitMs: 20 });
  expect(checked).toMatchObject([
    { name: 'slow', findings: [{ state: 'failed', found: 'gave no answer within 0.02 s' }] },
    { name: 'quick', findings: [{ state: 'ok' }] },
  ]);
  expect(stopped).toBe(true);
});

it('a check that breaks fails by its code, without a word of the error', async () => {
  const broken = check('broken', async () => {
    throw Object.assign(new Error('canary'), { code: 'EIO' });
  });
  const checked = await runChecks([broken], context, { problems: [], limitMs: 1000 });
  expect(checked[0]?.findings[0]).toMatchObject({ state: 'failed', found: 'could not be looked at (EIO)' });
  expect(JSON.stringify(checked)).not.toContain('canary');
});

it('a check whose settings are out of order is left out, and only that', async () => {
  const one = check('one', never, ['KEYHAVEN_OIDC']);
  const other = check('other', async () => [fine('here')], ['KEYHAVEN_PORT']);
  const problems = ['KEYHAVEN_OIDC_CLIENT_ID is missing.'];
  const checked = await runChecks([one, other], context, { problems, limitMs: 1000 });
  expect(checked).toMatchObject([{ findings: [{ state: 'warning' }] }, { findings: [{ state: 'ok' }] }]);
});

const checked = [
  { name: 'one', findings: [fine('good')] },
  { name: 'three', findings: [fine('good'), warning('odd', 'Look.'), failed('bad', 'Do.')] },
];

it('the report has a line for each finding and, below, what to do', () => {
  expect(reportLines(checked)).toEqual([
    '✓ one    good',
    '✓ three  good',
    '! three  odd',
    '         → Look.',
    '✗ three  bad',
    '         → Do.',
    '',
    '1 failed, 1 warning.',
  ]);
  expect(reportLines(checked.slice(0, 1)).at(-1)).toBe('Everything is in order.');
});

it('the report for programs says the same in a shape that stays', () => {
  expect(JSON.parse(reportJson(checked))).toEqual({
    ok: false,
    checks: [
      { name: 'one', state: 'ok', findings: [{ state: 'ok', found: 'good', next: null }] },
      {
        name: 'three',
        state: 'failed',
        findings: [
          { state: 'ok', found: 'good', next: null },
          { state: 'warning', found: 'odd', next: 'Look.' },
          { state: 'failed', found: 'bad', next: 'Do.' },
        ],
      },
    ],
  });
});

it('warnings alone leave an installation sound', () => {
  expect(isSound([{ name: 'one', findings: [warning('odd', 'Look.')] }])).toBe(true);
  expect(isSound(checked)).toBe(false);
});
