import { describe, expect, it } from 'vitest';
import { checkHouse } from './check-house.mjs';
import { checkTree } from './house-tree.fixture.ts';

const S = 'apps/server/src';

describe('a tree that keeps to the house', () => {
  it('passes', () => {
    expect(
      checkTree(checkHouse, {
        [`${S}/modules/escrow/README.md`]: '# escrow\n',
        [`${S}/modules/escrow/escrow.ts`]: 'export const clock = (now: Date) => new Date(now.getTime());\n',
        [`${S}/modules/escrow/escrow.store.ts`]: 'export const find = (tx) => tx.selectFrom("keys");\n',
        [`${S}/vault/vault.ts`]: 'export const open = (secret) => secret.expose();\n',
        [`${S}/config.ts`]: 'export const config = () => process.env;\n',
        'packages/sealing/src/seal.ts':
          '/* default any enum */ export const seal = (secret) => secret.expose();\n',
        'scripts/start.mjs': 'process.env.PATH = 1;\n',
      }),
    ).toEqual([]);
  });

  it('may be empty', () => {
    expect(checkTree(checkHouse, {})).toEqual([]);
  });
});

describe('SQL', () => {
  const statements = [
    'sql`select 1`',
    'sql<{ readonly id: string }>`select 1`',
    "sql.raw('x')",
    "tx.selectFrom('keys')",
    "tx\n  .insertInto('keys')",
    "tx.updateTable('keys')",
    "tx.deleteFrom('keys')",
  ];
  it.each(statements)('stands in stores, platform/db, migrations and tests only: %s', (statement) => {
    const text = `export const run = () => ${statement};\n`;
    for (const path of [
      'modules/escrow/store-key.ts',
      'platform/jobs/queue.ts',
      'vault/vault.ts',
      'main.ts',
    ]) {
      expect(sentences(`${S}/${path}`, text)).toEqual([expect.stringMatching(/:[12] has .*SQL stands in/)]);
    }
    for (const path of [
      'modules/escrow/escrow.store.ts',
      'vault/vault.store.ts',
      'platform/db/lock.ts',
      'modules/escrow/migrations/0001.ts',
      'modules/escrow/store-key.db.test.ts',
    ]) {
      expect(sentences(`${S}/${path}`, text)).toEqual([]);
    }
  });

  it('in a comment or a sentence is none', () => {
    expect(
      sentences(`${S}/main.ts`, "// sql`x` and .selectFrom('y')\nexport const a = 'db.selectFrom(x)';\n"),
    ).toEqual([]);
  });
});

describe('a secret', () => {
  it.each(['secret.expose()', 'secret?.expose()', 'secret\n  .expose()', 'secret.expose.bind(secret)'])(
    'is exposed in sealing, the vault and tests only: %s',
    (use) => {
      const text = `export const use = (secret) => ${use};\n`;
      for (const path of [
        `${S}/modules/escrow/reveal-key.ts`,
        `${S}/adapters/kms/kms.ts`,
        'packages/apple-mdm/src/a.ts',
      ]) {
        expect(sentences(path, text)).toEqual([expect.stringContaining('a secret is exposed in')]);
      }
      for (const path of [
        `${S}/vault/open.ts`,
        'packages/sealing/src/seal.ts',
        `${S}/modules/escrow/a.test.ts`,
      ]) {
        expect(sentences(path, text)).toEqual([]);
      }
    },
  );
});

describe('the environment', () => {
  it.each(['process.env.PATH', "process.env['PATH']", 'process\n  .env'])(
    'is read at the edge only: %s',
    (read) => {
      const text = `export const path = ${read};\n`;
      for (const path of [
        `${S}/main.ts`,
        `${S}/platform/config.ts`,
        'packages/sealing/src/a.ts',
        'apps/web/src/a.ts',
      ]) {
        expect(sentences(path, text)).toEqual([expect.stringContaining('the environment is read')]);
      }
      for (const path of [
        `${S}/config.ts`,
        `${S}/cli.ts`,
        `${S}/cli/cli-doctor.ts`,
        'apps/mac/src/cli.ts',
        `${S}/main.test.ts`,
        'bench/cycle.ts',
        'stories/store.story.ts',
      ]) {
        expect(sentences(path, text)).toEqual([]);
      }
    },
  );

  it.each([
    '// process.env',
    '/* process.env */',
    "const a = 'process.env';",
    'const a = `process.env`;',
    'const a = `${b} process.env`;',
    'const a = `${f({ b: 1 }, `process.env`)}`;',
    'const a = /process.env/;',
  ])('may be spoken of: %s', (text) => {
    expect(sentences(`${S}/main.ts`, `${text}\n`)).toEqual([]);
  });

  it('is seen inside a template', () => {
    expect(sentences(`${S}/main.ts`, 'const a = `${{ b: 1 }.b} ${process.env.PATH}`;\n')).toHaveLength(1);
  });

  it('does not come in by taking process apart', () => {
    expect(sentences(`${S}/main.ts`, 'const { env } = process;\n')).toHaveLength(1);
  });
});

describe('time and chance', () => {
  it.each(['Date.now()', 'new Date()', 'new Date', 'new Date( )', 'Date()', 'Math.random()'])(
    'come in from outside in modules and the vault: %s',
    (use) => {
      const text = `export const at = () => ${use};\n`;
      for (const path of [`${S}/vault/open.ts`, `${S}/modules/escrow/store-key.ts`]) {
        expect(sentences(path, text)).toEqual([
          expect.stringContaining('time and chance come in from outside'),
        ]);
      }
      for (const path of [`${S}/kernel/clock.ts`, `${S}/vault/open.test.ts`])
        expect(sentences(path, text)).toEqual([]);
    },
  );

  it.each(['new Date(at)', 'new Date(\n  at)', 'const a: Date = at', 'isDate(at)', 'clock.now()'])(
    'that were handed in are free: %s',
    (use) => {
      expect(sentences(`${S}/vault/open.ts`, `${use};\n`)).toEqual([]);
    },
  );
});

describe('a file of more than 300 lines', () => {
  it('is refused without a reason in its first comment', () => {
    expect(sentences('packages/apple-mdm/src/a.ts', lines(300))).toEqual([]);
    expect(sentences('packages/apple-mdm/src/a.ts', lines(301))).toEqual([
      'packages/apple-mdm/src/a.ts has 301 lines: over 300 its first comment says "// Long because …".',
    ]);
    expect(
      sentences('packages/apple-mdm/src/a.ts', `${lines(300)}// Long because it is late.\n`),
    ).toHaveLength(1);
    expect(sentences('packages/apple-mdm/src/a.ts', lines(300, '// Long because\n'))).toHaveLength(1);
  });

  it('passes with one', () => {
    for (const head of [
      '// Long because it is one table.\n',
      '#!/usr/bin/env node\n// The table.\n// Long because it is one.\n',
    ]) {
      expect(sentences('packages/apple-mdm/src/a.ts', lines(300, head))).toEqual([]);
    }
  });

  it('is refused in tests, stories, benchmarks and scripts too', () => {
    for (const path of ['apps/mac/src/a.test.ts', 'stories/a.story.ts', 'bench/a.ts', 'scripts/a.mjs']) {
      expect(sentences(path, lines(301))).toHaveLength(1);
    }
  });
});

describe('what the language offers and the house does not take', () => {
  it.each([
    "export * from './a.ts';",
    "export * as a from './a.ts';",
    'export default 1;',
    'export { a as default };',
    'enum Kind { A }',
    'export const enum Kind { A }',
    'const a: any = 1;',
    'const a = b as any;',
    'const a: any[] = [];',
    'const a = new Map<string, any>();',
    'const a: Promise<any> = b;',
    'function f(a: any) {}',
    'type A = any;',
    'type A = string | B;\nconst f = (): any => 1;',
  ])('is refused, in tests too: %s', (text) => {
    expect(sentences(`${S}/kernel/a.ts`, text)).toHaveLength(1);
    expect(sentences(`${S}/kernel/a.test.ts`, text)).toHaveLength(1);
  });

  it.each([
    "// export default any\nexport const a = 'enum Kind {}';",
    'const a = z.any();',
    'const a = keys.find((key) => key !== any && key);',
    'const a = f(any);',
    'const company = 1;',
    'const a = { default: 1 };',
    'const enumeration = {};',
  ])('is not seen where it is not: %s', (text) => {
    expect(sentences(`${S}/kernel/a.ts`, text)).toEqual([]);
  });

  it('a default export stays where a tool asks for it', () => {
    expect(sentences('apps/web/vite.config.ts', 'export default {};\n')).toEqual([]);
  });
});

describe('a module', () => {
  const readme = { [`${S}/modules/escrow/README.md`]: '# escrow\n' };
  const door = { [`${S}/modules/escrow/escrow.ts`]: 'export const a = 1;\n' };
  it('has a door named like it', () => {
    expect(checkTree(checkHouse, readme)).toEqual([
      `${S}/modules/escrow has no door: escrow.ts says what others may ask.`,
    ]);
  });

  it('has a README', () => {
    expect(checkTree(checkHouse, door)).toEqual([`${S}/modules/escrow has no README.md.`]);
  });

  it('has a README of at most 40 lines', () => {
    const long = (count: number) => ({ ...door, [`${S}/modules/escrow/README.md`]: 'word\n'.repeat(count) });
    expect(checkTree(checkHouse, long(40))).toEqual([]);
    expect(checkTree(checkHouse, long(41))).toEqual([
      `${S}/modules/escrow/README.md has 41 lines: at most 40.`,
    ]);
  });
});

/** What is said of this one file; of its module, which has neither door nor README, nothing. */
function sentences(path: string, text: string): readonly string[] {
  return checkTree(checkHouse, { [path]: text }).filter(
    (sentence) => !/ has no (?:door|README)/.test(sentence),
  );
}

function lines(count: number, head = ''): string {
  return `${head}${'export const a = 1;\n'.repeat(count)}`;
}
