// npm test: everything. `-- <part of a path>` runs those tests only; `-- --long` the long ones only.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { findBrowser } from './find-browser.mjs';
import { ensureTools } from './find-tools.mjs';
import { ensureInstalled, root } from './launch.mjs';
import { buildSteps, runSteps, runVitest, staticSteps } from './steps.mjs';
import { unseenStatuses } from './unseen-statuses.mjs';

process.chdir(root);
ensureInstalled();
if (!ensureTools()) process.exit(1);
const args = process.argv.slice(2).filter((each) => each !== '--long');
const long = args.length < process.argv.length - 2;
const everything = args.length === 0 && !long;

let failedSteps = (everything ? await runSteps(staticSteps()) : 0) + (await runSteps(buildSteps()));
const report = mkdtempSync(path.join(os.tmpdir(), 'keyhaven-report-'));
const file = path.join(report, 'vitest.json');
const code = await runVitest(
  [
    ...(long ? ['--config', 'vitest.long.config.ts'] : []),
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${file}`,
    ...args,
  ],
  { ...browser(), KEYHAVEN_SEEN_STATUSES: report, ...(long ? { KEYHAVEN_LONG: '1' } : {}) },
);
if (everything) failedSteps += tellUnseen();
console.log(closingLine());
rmSync(report, { recursive: true });
process.exit(failedSteps > 0 ? 1 : code);

/** A status that a route declares and no test has seen may be wrong, or never happen: both want a look. */
function tellUnseen() {
  const unseen = unseenStatuses(report);
  if (unseen.length === 0) return 0;
  console.log(`FAIL  declared statuses that no test has seen:\n  ${unseen.join('\n  ')}`);
  return 1;
}

function browser() {
  const stories = path.join(root, 'stories');
  if (!existsSync(stories) || !readdirSync(stories).some((name) => name.endsWith('.story.ts'))) return {};
  const found = findBrowser();
  return found === null ? {} : { KEYHAVEN_BROWSER: found };
}

/** `N passed, N failed`: the tests, where each failed check or file that did not load is a failure too. */
function closingLine() {
  if (!existsSync(file)) return `0 passed, ${failedSteps + 1} failed`;
  const { numPassedTests, numFailedTests, numPendingTests, testResults } = JSON.parse(
    readFileSync(file, 'utf8'),
  );
  const notLoaded = testResults.filter(
    (each) => each.status === 'failed' && each.assertionResults.length === 0,
  );
  const failed = numFailedTests + notLoaded.length + failedSteps;
  // A fault outside of any test (an unhandled rejection) fails the run without failing a test.
  const outside = code !== 0 && failed === 0 ? 1 : 0;
  const skipped = numPendingTests > 0 ? `, ${numPendingTests} skipped` : '';
  return `${numPassedTests} passed, ${failed + outside} failed${skipped}`;
}
