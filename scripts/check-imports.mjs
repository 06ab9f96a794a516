import { existsSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { importsOf, isTest, readSources } from './read-sources.mjs';

// From the bottom up; main.ts, the commands and evaluation/ are above all of them.
const LAYERS = ['kernel', 'platform', 'vault', 'modules', 'adapters'];
const TOP = LAYERS.length;
const MODULE = LAYERS.indexOf('modules');
const TOP_FOLDERS = ['evaluation', 'cli'];
// Each module sees those after it.
const MODULES = [
  'overview',
  'notices',
  'compliance',
  'escrow',
  'policy',
  'inventory',
  'commands',
  'push-certificate',
  'devices',
  'access',
  'audit',
];
const SERVER = 'apps/server/src';
// What each room of the pages may know of the others; undefined stands for what is in none of them.
const WEB_ROOMS = ['portal', 'console', 'features', 'ui', 'api'];
const WEB_KNOWS = {
  ui: ['ui', undefined],
  api: ['api', 'ui', undefined],
  features: ['features', 'api', 'ui', undefined],
};
const WORKSPACES = { keyhaven: 'apps/server', '@keyhaven/mac': 'apps/mac', '@keyhaven/web': 'apps/web' };
const SEALING_MAY = new Map([
  ['node:crypto', /./],
  ['node:fs', /^packages\/sealing\/src\/master-key-file\.ts$/],
]);

// Of an import that `forbids` holds for, `reason` says what stands against it. Tests keep to the rules between
// workspaces (`inTests`) only.
const RULES = [
  {
    forbids: ({ from, to }) => isIn('packages', from) && isIn('apps', to),
    reason: () => 'a package knows no app',
    inTests: true,
  },
  {
    forbids: ({ from, to }) => isIn('apps/mac', from) && isIn('apps', to) && !isIn('apps/mac', to),
    reason: () => 'the simulated Mac knows no other app',
    inTests: true,
  },
  {
    forbids: ({ from, to }) => isIn('apps/mac', from) && isIn('packages', to) && !isPlist(to),
    reason: () => 'the simulated Mac shares @keyhaven/apple-mdm/plist only, or both would share a mistake',
  },
  {
    forbids: ({ from, to }) => isIn('apps/web', from) && isIn('apps', to) && !isIn('apps/web', to),
    reason: () => 'the pages know no other app',
    inTests: true,
  },
  {
    forbids: ({ from, to }) =>
      isIn('apps/web', from) && isIn('packages', to) && !isIn('packages/api-contract', to),
    reason: () => 'of the packages the pages know @keyhaven/api-contract only',
    inTests: true,
  },
  {
    forbids: ({ from, to, specifier }) =>
      isIn('packages/sealing', from) &&
      !isIn('packages/sealing', to) &&
      !SEALING_MAY.get(specifier)?.test(from),
    reason: () => 'sealing uses node:crypto and nothing else (node:fs in the file of master keys)',
  },
  {
    forbids: ({ to }) => to !== null && isTest(to),
    reason: () => 'only tests use what is made for tests',
  },
  {
    forbids: ({ from, to }) => layerOf(from) < layerOf(to),
    reason: ({ from, to }) => `${roomOf(from)} lies below ${roomOf(to)}`,
  },
  {
    forbids: ({ from, to }) => layerOf(from) < TOP && isIn('apps', to) && !isIn('apps/server', to),
    reason: ({ from }) => `${roomOf(from)} knows no other app`,
  },
  {
    forbids: ({ from, to }) => strayOf(from, to) !== undefined,
    reason: ({ from, to }) => `${strayOf(from, to)} is in no room of the house`,
  },
  {
    forbids: ({ from, to }) => moduleOf(from) !== undefined && rankOf(to) < rankOf(from),
    reason: ({ from, to }) => `${moduleOf(from)} lies below ${moduleOf(to)} in the order of modules`,
  },
  {
    forbids: (each) => isFromAnotherRoom(each) && !isDoor(each.to) && !isPort(each.to) && !each.toSideDoor,
    reason: ({ to }) =>
      `the door of ${moduleOf(to)} is modules/${moduleOf(to)}/${moduleOf(to)}.ts (and what its README names after "Doors:")`,
  },
  {
    forbids: (each) =>
      isFromAnotherRoom(each) && layerOf(each.from) === MODULE && isPort(each.to) && !each.typeOnly,
    reason: () => 'of a port another module takes types only (import type)',
  },
  {
    forbids: ({ from, to }) => WEB_KNOWS[webRoomOf(from)]?.includes(webRoomOf(to)) === false,
    reason: ({ from, to }) => `${webRoomOf(from)} knows nothing of ${webRoomOf(to)}`,
  },
  {
    forbids: ({ from, to }) => featureOf(from) && featureOf(to) && featureOf(from) !== featureOf(to),
    reason: () => 'features do not know each other',
  },
];

/** One sentence for each import in apps and packages that the house does not allow. `root` is the repository. */
export function checkImports(root) {
  const sources = readSources(root, ['apps', 'packages']).filter(({ path }) =>
    /^[^/]+\/[^/]+\/src\//.test(path),
  );
  const known = new Set(sources.map(({ path }) => path));
  const imports = sources
    .flatMap((source) =>
      importsOf(source).map((each) => ({
        ...each,
        from: source.path,
        isTest: source.isTest,
        to: resolve(source.path, each.specifier, known),
      })),
    )
    .map((each) => ({ ...each, toSideDoor: sideDoorsOf(root, moduleOf(each.to)).has(each.to) }));
  return [
    ...imports.flatMap(reasonsAgainst),
    ...sources
      .filter(isBarrel)
      .map(({ path }) => `${path} only re-exports: import from the files that define.`),
    ...cyclesOf(imports, known),
  ];
}

const sideDoors = new Map();

/** The files that a module's README names as doors beside its own: `Doors: \`gate.ts\`, …` up to an empty line. */
function sideDoorsOf(root, module) {
  if (module === undefined) return new Set();
  const readme = `${root}/${SERVER}/modules/${module}/README.md`;
  if (!sideDoors.has(readme)) {
    const text = existsSync(readme) ? readFileSync(readme, 'utf8') : '';
    const line = /^Doors:(?<names>[^]*?)\n\n/m.exec(text)?.groups.names ?? '';
    const names = [...line.matchAll(/`(?<name>[\w-]+\.ts)`/g)].map((match) => match.groups.name);
    sideDoors.set(readme, new Set(names.map((name) => `${SERVER}/modules/${module}/${name}`)));
  }
  return sideDoors.get(readme);
}

function reasonsAgainst(each) {
  return RULES.filter((rule) => (rule.inTests || !each.isTest) && rule.forbids(each)).map(
    (rule) => `${each.from}:${each.line} imports ${each.specifier}: ${rule.reason(each)}.`,
  );
}

function isIn(folder, path) {
  return path?.startsWith(`${folder}/`) ?? false;
}

function isPlist(path) {
  return path.startsWith('packages/apple-mdm/src/plist');
}

/** The height of a file of the server; undefined elsewhere and in a folder that is no room. */
function layerOf(path) {
  if (!isIn(SERVER, path)) return undefined;
  const [folder, ...rest] = path.slice(SERVER.length + 1).split('/');
  // Everything may know the type of the configuration, which itself knows the kernel only.
  if (rest.length === 0) return folder === 'config.ts' ? 0 : TOP;
  if (TOP_FOLDERS.includes(folder)) return TOP;
  return LAYERS.includes(folder) ? LAYERS.indexOf(folder) : undefined;
}

function roomOf(path) {
  return path.slice(SERVER.length + 1).split('/')[0];
}

/** The first of the paths that is in the server and in none of its rooms. */
function strayOf(...paths) {
  return paths.find((path) => {
    const isStrayModule = moduleOf(path) !== undefined && !MODULES.includes(moduleOf(path));
    return isStrayModule || (isIn(SERVER, path) && layerOf(path) === undefined);
  });
}

function moduleOf(path) {
  return /^apps\/server\/src\/modules\/(?<name>[^/]+)\//.exec(path ?? '')?.groups.name;
}

/** Where the file's module stands, from the top; NaN, which compares with nothing, outside the modules. */
function rankOf(path) {
  const rank = MODULES.indexOf(moduleOf(path));
  return rank === -1 ? Number.NaN : rank;
}

// main.ts and its like register routes and jobs, and so know the inside of every module.
function isFromAnotherRoom({ from, to }) {
  return moduleOf(to) !== undefined && moduleOf(from) !== moduleOf(to) && layerOf(from) !== TOP;
}

function isDoor(path) {
  return path === `${SERVER}/modules/${moduleOf(path)}/${moduleOf(path)}.ts`;
}

function isPort(path) {
  return path.endsWith('.port.ts');
}

function webRoomOf(path) {
  const room = /^apps\/web\/src\/(?<room>[^/]+)\//.exec(path ?? '')?.groups.room;
  return WEB_ROOMS.includes(room) ? room : undefined;
}

function featureOf(path) {
  return /^apps\/web\/src\/features\/(?<name>[^/.]+)/.exec(path ?? '')?.groups.name;
}

/** The project's file that a specifier names (it may not exist), or null for what is not ours. */
function resolve(from, specifier, known) {
  if (specifier.startsWith('.')) {
    const path = posix.normalize(`${posix.dirname(from)}/${specifier}`);
    const candidates = [path, `${path}.ts`, `${path}.tsx`, `${path}/index.ts`, `${path}/index.tsx`];
    return candidates.find((each) => known.has(each)) ?? path;
  }
  const [, name, rest] = /^(@[^/]+\/[^/]+|[^/]+)(?:\/(.*))?$/.exec(specifier) ?? [];
  if (name !== 'keyhaven' && !name?.startsWith('@keyhaven/')) return null;
  const workspace = WORKSPACES[name] ?? `packages/${name.slice('@keyhaven/'.length)}`;
  return `${workspace}/src/${rest ?? 'index'}.ts`;
}

function isBarrel({ code }) {
  const reExport = /\bexport\s+(?:type\s+)?(?:\*(?:\s+as\s+\w+)?|\{[^}]*\})(?:\s*from\s*(['"]) *\1)?\s*;?/g;
  const rest = code.replace(/\bimport\b[^;'"`]*?(['"]) *\1\s*;?/g, '');
  return reExport.test(rest) && rest.replace(reExport, '').trim() === '';
}

function cyclesOf(imports, known) {
  const targets = Map.groupBy(
    imports.filter(({ to }) => known.has(to)),
    ({ from }) => from,
  );
  const done = new Set();
  const found = [];
  function visit(path, way) {
    if (way.includes(path)) {
      const cycle = [...way.slice(way.indexOf(path)), path];
      found.push(`${cycle.join(' → ')} is a cycle of imports.`);
      return;
    }
    if (done.has(path)) return;
    for (const { to } of targets.get(path) ?? []) visit(to, [...way, path]);
    done.add(path);
  }
  for (const path of targets.keys()) visit(path, []);
  return found;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const violations = checkImports(process.cwd());
  for (const violation of violations) console.error(violation);
  process.exitCode = violations.length === 0 ? 0 : 1;
}
