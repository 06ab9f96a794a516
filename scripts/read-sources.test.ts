import { describe, expect, it } from 'vitest';
import { checkImports } from './check-imports.mjs';
import { checkTree } from './house-tree.fixture.ts';

const S = 'apps/server/src';

describe('what is not an import', () => {
  it.each([
    "// import { x } from '../platform/log.ts';",
    "/*\n import { x } from '../platform/log.ts';\n*/",
    'const text = "import { x } from \'../platform/log.ts\';";',
    "const text = `import { x } from '../platform/log.ts';`;",
    "const text = `${'`'} ${`import '../platform/log.ts'`}`;",
    "const name = Array.from('../platform/log.ts');",
  ])('is not read as one: %s', (text) => {
    expect(checkTree(checkImports, { [`${S}/kernel/ids.ts`]: text })).toEqual([]);
  });

  it.each([
    'const quote = /[/\'"`]/;',
    'const text = `${1 + `${2}`.length} {`;',
    "const text = 'it\\'s';",
    'const half = 4 / 2; // it is "half',
    'const url = "https://example.com";',
  ])('hides no import after it: %s', (text) => {
    const source = `${text}\nimport { x } from '../platform/log.ts';\n`;
    expect(checkTree(checkImports, { [`${S}/kernel/ids.ts`]: source })).toEqual([
      `${S}/kernel/ids.ts:2 imports ../platform/log.ts: kernel lies below platform.`,
    ]);
  });
});
