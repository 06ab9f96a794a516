import { describe, expect, it } from 'vitest';
import { checkImports } from './check-imports.mjs';
import { checkTree } from './house-tree.fixture.ts';

const THING = 'export const thing = 1;\n';

describe('cycles', () => {
  it('are found whatever their length, each once', () => {
    const chain = ['a', 'b', 'c', 'd'];
    const files = chain.map((name, at) => [
      `packages/apple-mdm/src/${name}.ts`,
      `import { x } from './${chain[(at + 1) % 4]}.ts';\n${THING}`,
    ]);
    expect(checkTree(checkImports, Object.fromEntries(files))).toEqual([
      `${['a', 'b', 'c', 'd', 'a'].map((name) => `packages/apple-mdm/src/${name}.ts`).join(' → ')} is a cycle of imports.`,
    ]);
  });

  it('are found through types, re-exports, dynamic imports and package names', () => {
    for (const back of [
      "import type { A } from './a.ts';",
      "export { a } from './a.ts';",
      "export * from './a.ts';",
      "const later = () => import('./a.ts');",
      "import './a.ts';",
      "import { a } from '@keyhaven/apple-mdm/a';",
      'import {\n  a,\n} from "./a.ts";',
    ]) {
      const files = { 'packages/apple-mdm/src/a.ts': "import { b } from './b.ts';\nexport const a = b;\n" };
      const violations = checkTree(checkImports, {
        ...files,
        'packages/apple-mdm/src/b.ts': `${back}\n${THING}`,
      });
      expect(violations).toEqual([expect.stringContaining('is a cycle of imports')]);
    }
  });

  it('of a file with itself are found', () => {
    const files = { 'packages/apple-mdm/src/a.ts': `import { x } from './a.ts';\n${THING}` };
    expect(checkTree(checkImports, files)).toHaveLength(1);
  });

  it('are not seen where two ways lead to one file', () => {
    const files = {
      'packages/apple-mdm/src/a.ts': `import { b } from './b.ts';\nimport { c } from './c.ts';\n${THING}`,
      'packages/apple-mdm/src/b.ts': `import { d } from './d.ts';\n${THING}`,
      'packages/apple-mdm/src/c.ts': `import { d } from './d.ts';\n${THING}`,
      'packages/apple-mdm/src/d.ts': THING,
    };
    expect(checkTree(checkImports, files)).toEqual([]);
  });
});

describe('barrels', () => {
  it.each([
    "export { a } from './a.ts';",
    "export * from './a.ts';",
    "export * as all from './a.ts';",
    "// All of it.\nexport type { A } from './a.ts';\nexport { a, b as c } from './a.ts';",
    "import { a } from './a.ts';\nexport { a };",
  ])('are refused: %s', (text) => {
    const files = { 'packages/apple-mdm/src/a.ts': THING, 'packages/apple-mdm/src/all.ts': text };
    expect(checkTree(checkImports, files)).toEqual([
      'packages/apple-mdm/src/all.ts only re-exports: import from the files that define.',
    ]);
  });

  it.each([
    "export const a = 1;\nexport { b } from './a.ts';",
    "import './a.ts';",
    'const a = 1;\nexport { a };',
  ])('are not what defines or does something: %s', (text) => {
    const files = { 'packages/apple-mdm/src/a.ts': THING, 'packages/apple-mdm/src/all.ts': text };
    expect(checkTree(checkImports, files)).toEqual([]);
  });
});
