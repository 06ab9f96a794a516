// npm start: the whole product in evaluation mode, installed first where that was not done.
import path from 'node:path';
import process from 'node:process';
import { become, ensureInstalled, root } from './launch.mjs';

ensureInstalled();
become(path.join(root, 'apps/server/src/cli.ts'), ['start', ...process.argv.slice(2)]);
