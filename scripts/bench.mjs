// npm run bench: the benchmarks of docs/benchmarks.md.
import path from 'node:path';
import process from 'node:process';
import { findBrowser } from './find-browser.mjs';
import { become, ensureInstalled, root } from './launch.mjs';

ensureInstalled();
const options = process.argv.slice(2);
const only = options[options.indexOf('--only') + 1];
// Only the part that measures pages needs one; without it that part says so.
if (!options.includes('--only') || only?.split(',').includes('pages'))
  process.env.KEYHAVEN_BROWSER ??= findBrowser() ?? '';
become(path.join(root, 'bench/main.ts'), options);
