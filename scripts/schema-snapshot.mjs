// node scripts/schema-snapshot.mjs: writes apps/server/src/platform/db/schema.snapshot.txt anew.
import path from 'node:path';
import process from 'node:process';
import { become, ensureInstalled, root } from './launch.mjs';

ensureInstalled();
become(path.join(root, 'apps/server/src/platform/db/write-schema-snapshot.ts'), process.argv.slice(2));
