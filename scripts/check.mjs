// npm run check: the fast part, under a minute. Format, lint, types, house rules, unit tests.
import process from 'node:process';
import { ensureInstalled, root } from './launch.mjs';
import { runSteps, runVitest, staticSteps } from './steps.mjs';

process.chdir(root);
ensureInstalled();
const failed = await runSteps(staticSteps());
const units = ['--exclude', '**/*.db.test.ts', '--exclude', 'stories/**', '--reporter=minimal'];
const code = await runVitest([...units, ...process.argv.slice(2)]);
process.exit(failed > 0 ? 1 : code);
