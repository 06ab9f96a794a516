import { describe, expect, it } from 'vitest';
import { checkImports } from './check-imports.mjs';
import { checkTree } from './house-tree.fixture.ts';

const S = 'apps/server/src';
const THING = 'export const thing = 1;\n';

describe('a tree that keeps to the house', () => {
  it('passes', () => {
    expect(
      checkTree(checkImports, {
        'packages/sealing/src/seal.ts': `import { createHmac } from 'node:crypto';\n${THING}`,
        'packages/sealing/src/master-key-file.ts': `import { openSync } from 'node:fs';\n${THING}`,
        'packages/sealing/src/seal.test.ts':
          "import { it } from 'vitest';\nimport { tmpdir } from 'node:os';\n",
        'packages/apple-mdm/src/plist.ts': THING,
        'packages/apple-mdm/src/der.ts': THING,
        'packages/api-contract/src/device.ts': `import { z } from 'zod';\n${THING}`,
        [`${S}/kernel/clock.ts`]: `import { thing } from '@keyhaven/sealing/seal';\n${THING}`,
        [`${S}/config.ts`]: `import { thing } from './kernel/clock.ts';\n${THING}`,
        [`${S}/platform/db/pool.ts`]: `import type { thing } from '../../config.ts';\n${THING}`,
        [`${S}/vault/vault.ts`]: `import { thing } from '../platform/db/pool.ts';\n${THING}`,
        [`${S}/modules/commands/commands.ts`]: THING,
        [`${S}/modules/commands/push.port.ts`]: 'export type Push = { readonly push: () => void };\n',
        [`${S}/modules/commands/push.contract.ts`]:
          "import { it } from 'vitest';\nexport const suite = it;\n",
        [`${S}/modules/escrow/escrow.ts`]:
          `import { thing } from '../../vault/vault.ts';\nimport { thing as t } from '../commands/commands.ts';\n` +
          `import type { Push } from '../commands/push.port.ts';\nimport { step } from './attempt.ts';\n${THING}`,
        [`${S}/modules/escrow/attempt.ts`]: 'export const step = 1;\n',
        [`${S}/modules/escrow/escrow.routes.ts`]: `import { thing } from './escrow.ts';\n${THING}`,
        [`${S}/adapters/apns/apns.ts`]:
          `import { Push } from '../../modules/commands/push.port.ts';\n` +
          `import { thing } from '../../modules/escrow/escrow.ts';\n${THING}`,
        [`${S}/adapters/apns/apns.test.ts`]:
          "import { suite } from '../../modules/commands/push.contract.ts';\n",
        [`${S}/evaluation/macs.ts`]: `import { thing } from '@keyhaven/mac/mac';\n${THING}`,
        [`${S}/main.ts`]:
          `import { thing } from './modules/escrow/escrow.routes.ts';\nimport { thing as a } from './adapters/apns/apns.ts';\n` +
          `import { thing as m } from './evaluation/macs.ts';\nexport const main = [a, m, thing];\n`,
        'apps/mac/src/mac.ts': `import { thing } from '@keyhaven/apple-mdm/plist';\n${THING}`,
        'apps/mac/src/mac.test.ts': "import { thing } from '@keyhaven/apple-mdm/der';\n",
        'apps/web/src/ui/button.tsx': THING,
        'apps/web/src/api/devices.ts': `import { thing } from '@keyhaven/api-contract/device';\n${THING}`,
        'apps/web/src/features/store/store.tsx': `import { thing } from '../../api/devices.ts';\nimport { thing as b } from '../../ui/button';\n${THING}`,
        'apps/web/src/portal/portal.tsx': `import { thing } from '../features/store/store.tsx';\n${THING}`,
      }),
    ).toEqual([]);
  });

  it('may be empty', () => {
    expect(checkTree(checkImports, {})).toEqual([]);
  });
});

describe('the server runs downhill', () => {
  const uphill: readonly (readonly [from: string, to: string])[] = [
    ['kernel/ids.ts', 'platform/log.ts'],
    ['kernel/ids.ts', 'main.ts'],
    ['config.ts', 'platform/log.ts'],
    ['platform/log.ts', 'vault/vault.ts'],
    ['platform/log.ts', 'modules/audit/audit.ts'],
    ['vault/vault.ts', 'modules/escrow/escrow.ts'],
    ['vault/vault.ts', 'adapters/kms/kms.ts'],
    ['modules/commands/commands.ts', 'adapters/apns/apns.ts'],
    ['modules/commands/commands.ts', 'evaluation/evaluation.ts'],
    ['adapters/apns/apns.ts', 'main.ts'],
    ['adapters/apns/apns.ts', 'cli.ts'],
  ];
  it.each(uphill)('%s does not import %s', (from, to) => {
    const violations = importing(`${S}/${from}`, `${S}/${to}`);
    expect(violations).toHaveLength(1);
    expect(violations[0]).toMatch(/ lies below /);
  });

  it.each([
    ['main.ts', 'adapters/apns/apns.ts'],
    ['main.ts', 'modules/escrow/attempt.ts'],
    ['adapters/kms/kms.ts', 'vault/vault.ts'],
    ['adapters/apns/apns.ts', 'modules/commands/commands.ts'],
    ['modules/escrow/escrow.ts', 'vault/vault.ts'],
    ['modules/audit/audit.ts', 'platform/log.ts'],
    ['vault/vault.ts', 'platform/log.ts'],
    ['platform/log.ts', 'kernel/ids.ts'],
    ['platform/log.ts', 'config.ts'],
  ])('%s may import %s', (from, to) => {
    expect(importing(`${S}/${from}`, `${S}/${to}`)).toEqual([]);
  });

  it('types count too', () => {
    expect(
      checkTree(checkImports, { [`${S}/kernel/a.ts`]: "import type { B } from '../platform/b.ts';\n" }),
    ).toEqual([`${S}/kernel/a.ts:1 imports ../platform/b.ts: kernel lies below platform.`]);
  });

  it('a folder that is no room is refused from either side', () => {
    expect(importing(`${S}/helpers/text.ts`, `${S}/kernel/ids.ts`)[0]).toContain(
      'helpers/text.ts is in no room',
    );
    expect(importing(`${S}/main.ts`, `${S}/helpers/text.ts`)[0]).toContain('helpers/text.ts is in no room');
    expect(importing(`${S}/main.ts`, `${S}/modules/odd/odd.ts`)[0]).toContain(
      'modules/odd/odd.ts is in no room',
    );
  });

  it('only the top knows the simulated Mac', () => {
    expect(importing(`${S}/adapters/apns/apns.ts`, 'apps/mac/src/mac.ts')[0]).toContain(
      'adapters knows no other app',
    );
    expect(importing(`${S}/cli.ts`, 'apps/mac/src/mac.ts')).toEqual([]);
  });

  it('what is made for tests is for tests', () => {
    for (const made of ['kernel/test-clock.ts', 'kernel/clock.contract.ts', 'kernel/clock.fixture.ts']) {
      expect(importing(`${S}/kernel/clock.ts`, `${S}/${made}`)[0]).toContain('only tests use');
      expect(importing(`${S}/kernel/clock.test.ts`, `${S}/${made}`)).toEqual([]);
    }
  });
});

describe('the modules', () => {
  const order = ['notices', 'compliance', 'escrow', 'policy', 'commands', 'devices', 'access', 'audit'];
  it('each see those after it, and none before it', () => {
    for (const [above, upper] of order.entries()) {
      for (const lower of order.slice(above + 1)) {
        expect(importing(door(upper), door(lower))).toEqual([]);
        expect(importing(door(lower), door(upper))).toEqual([
          expect.stringContaining(`${lower} lies below ${upper} in the order of modules`),
        ]);
      }
    }
  });

  it('are entered by their door, from modules and from adapters', () => {
    for (const from of [`${S}/modules/escrow/store-key.ts`, `${S}/adapters/apns/apns.ts`]) {
      for (const inside of ['devices.store.ts', 'rename.ts', 'devices.routes.ts', 'devices/devices.ts']) {
        expect(importing(from, `${S}/modules/devices/${inside}`)).toEqual([
          expect.stringContaining('the door of devices is modules/devices/devices.ts'),
        ]);
      }
      expect(importing(from, door('devices'))).toEqual([]);
    }
  });

  it('give their ports as types to other modules, and as they are to adapters', () => {
    const port = 'modules/commands/push.port.ts';
    const from = `${S}/modules/escrow/rotate-key.ts`;
    for (const [statement, count] of [
      [`import type { Push } from '../../${port}';`, 0],
      [`import { type Push, type PushResult } from '../../${port}';`, 0],
      [`import { Push } from '../../${port}';`, 1],
      [`import { type Push, push } from '../../${port}';`, 1],
      [`import type, { push } from '../../${port}';`, 1],
    ] as const) {
      expect(checkTree(checkImports, { [from]: statement, [`${S}/${port}`]: THING })).toHaveLength(count);
    }
    expect(importing(`${S}/adapters/apns/apns.ts`, `${S}/${port}`)).toEqual([]);
  });

  it('are free inside, and open to their tests and to main', () => {
    const store = `${S}/modules/devices/devices.store.ts`;
    expect(importing(`${S}/modules/devices/rename.ts`, store)).toEqual([]);
    expect(importing(`${S}/modules/escrow/store-key.db.test.ts`, store)).toEqual([]);
    expect(importing(`${S}/main.ts`, store)).toEqual([]);
  });
});

describe('packages', () => {
  it('know no app, in tests neither', () => {
    for (const from of ['packages/apple-mdm/src/der.ts', 'packages/apple-mdm/src/der.test.ts']) {
      expect(importing(from, `${S}/kernel/ids.ts`)[0]).toContain('a package knows no app');
      expect(importing(from, 'apps/mac/src/mac.ts')[0]).toContain('a package knows no app');
    }
    const byName = { 'packages/apple-mdm/src/der.ts': "import { id } from 'keyhaven/kernel/ids';" };
    expect(checkTree(checkImports, byName)[0]).toContain('a package knows no app');
  });

  it('sealing uses node:crypto alone, and node:fs in one file', () => {
    expect(sealingUsing('seal.ts', 'node:crypto')).toEqual([]);
    expect(sealingUsing('master-key-file.ts', 'node:fs')).toEqual([]);
    for (const specifier of [
      'node:fs',
      'node:path',
      'hpke',
      '@keyhaven/apple-mdm/der',
      '../../apple-mdm/src/der.ts',
    ]) {
      expect(sealingUsing('seal.ts', specifier)[0]).toContain('sealing uses node:crypto and nothing else');
    }
  });
});

describe('the simulated Mac', () => {
  it('knows no server, in tests neither', () => {
    for (const from of ['apps/mac/src/mac.ts', 'apps/mac/src/mac.test.ts']) {
      expect(importing(from, `${S}/kernel/ids.ts`)[0]).toContain('knows no other app');
      expect(importing(from, 'apps/web/src/api/devices.ts')[0]).toContain('knows no other app');
    }
  });

  it('shares plists only, outside its tests', () => {
    for (const file of [
      'der',
      'cms',
      'scep',
      'certificate',
      'mdm-signature',
      'sign-profile',
      'keys',
      'cms/open',
    ]) {
      expect(importing('apps/mac/src/mac.ts', `packages/apple-mdm/src/${file}.ts`)).toHaveLength(1);
      expect(importing('apps/mac/src/mac.test.ts', `packages/apple-mdm/src/${file}.ts`)).toEqual([]);
      const byName = { 'apps/mac/src/mac.ts': `import { x } from '@keyhaven/apple-mdm/${file}';` };
      expect(checkTree(checkImports, byName)[0]).toContain('or both would share a mistake');
    }
    expect(importing('apps/mac/src/mac.ts', 'packages/sealing/src/seal.ts')).toHaveLength(1);
    expect(importing('apps/mac/src/mac.ts', 'packages/apple-mdm/src/plist-writer.ts')).toEqual([]);
    expect(importing('apps/mac/src/mac.ts', 'packages/apple-mdm/src/plist/read.ts')).toEqual([]);
  });
});

describe('the pages', () => {
  const W = 'apps/web/src';
  it('know no server and of the packages the contract only, in tests neither', () => {
    for (const from of [`${W}/api/devices.ts`, `${W}/api/devices.test.ts`]) {
      expect(importing(from, `${S}/kernel/ids.ts`)[0]).toContain('the pages know no other app');
      expect(importing(from, 'packages/sealing/src/secret.ts')[0]).toContain('@keyhaven/api-contract only');
      expect(importing(from, 'packages/api-contract/src/device.ts')).toEqual([]);
    }
  });

  it('have features that do not know each other', () => {
    for (const to of [`${W}/features/reveal/reveal.tsx`, `${W}/features/reveal.tsx`]) {
      expect(importing(`${W}/features/store/store.tsx`, to)[0]).toContain('features do not know each other');
    }
    expect(importing(`${W}/features/store/store.tsx`, `${W}/features/store/box.tsx`)).toEqual([]);
  });

  it.each([
    ['ui', 'api'],
    ['ui', 'features'],
    ['ui', 'portal'],
    ['ui', 'console'],
    ['api', 'features'],
    ['api', 'portal'],
    ['features', 'portal'],
    ['features', 'console'],
  ])('%s knows nothing of %s', (from, to) => {
    expect(importing(`${W}/${from}/one/a.ts`, `${W}/${to}/two/b.ts`)).toEqual([
      expect.stringContaining(`${from} knows nothing of ${to}`),
    ]);
    expect(importing(`${W}/${to}/two/b.ts`, `${W}/${from}/one/a.ts`)).toEqual([]);
  });
});

function door(name: string): string {
  return `${S}/modules/${name}/${name}.ts`;
}

/** What is said of a tree in which one file imports another. */
function importing(from: string, to: string): readonly string[] {
  const up = '../'.repeat(from.split('/').length - 1);
  return checkTree(checkImports, {
    [from]: `import { thing } from '${up}${to}';\nexport const a = thing;\n`,
    [to]: THING,
  });
}

function sealingUsing(file: string, specifier: string): readonly string[] {
  return checkTree(checkImports, { [`packages/sealing/src/${file}`]: `import { x } from '${specifier}';\n` });
}
