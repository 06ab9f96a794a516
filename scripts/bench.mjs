// npm run bench: the benchmarks of docs/benchmarks.md.
import path from 'node:path';
import process from 'node:process';
import { become, ensureInstalled, root } from './launch.mjs';

ensureInstalled();
become(path.join(root, 'bench/main.ts'), process.argv.slice(2));
