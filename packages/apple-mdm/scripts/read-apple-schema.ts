/**
 * Writes src/schema/apple-schema.ts from a checkout of apple/device-management:
 *   node packages/apple-mdm/scripts/read-apple-schema.ts FOLDER
 * The same checkout gives the same bytes.
 */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { readSchemaTable } from './schema-table.ts';

const head = `// Long because Apple's tables are. Written by scripts/read-apple-schema.ts; do not edit.
//
// Key names, types, presence, ranges and allowed values are facts taken from apple/device-management, branch release,
// commit b6202ca2fbd31286a52eb160b67a4db7b4fe1f1f (macOS 15.1). Copyright © 2022-2024 Apple Inc., MIT licence:
// LICENSE.apple-device-management.txt.
import type { SchemaTable } from './schema-key.ts';
`;

const [folder] = process.argv.slice(2);
if (folder === undefined) {
  process.stderr.write('usage: read-apple-schema.ts FOLDER\n');
  process.exit(2);
}
const target = path.join(import.meta.dirname, '../src/schema/apple-schema.ts');
const table = JSON.stringify(readSchemaTable(folder));
writeFileSync(target, `${head}\nexport const appleSchema: SchemaTable = ${table};\n`);
const biome = path.join(import.meta.dirname, '../../../node_modules/.bin/biome');
execFileSync(biome, ['format', '--write', target], { stdio: 'inherit' });
