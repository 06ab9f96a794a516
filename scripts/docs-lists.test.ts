import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

const root = path.join(import.meta.dirname, '..');
const read = (file: string): string => readFileSync(path.join(root, file), 'utf8');

test('every setting that is read stands in the README, and no other', () => {
  const known = read('apps/server/src/config.ts').matchAll(
    /\.(?:text|required|url|mailUrl|integer)\('(KEYHAVEN_\w+)'/g,
  );
  const section = read('README.md').split('\n## Settings\n')[1]?.split('\n## ')[0] ?? '';
  const rows = section.split('\n').filter((line) => line.startsWith('|'));
  const named = rows.flatMap((row) => [...(row.split('|')[1] ?? '').matchAll(/`(KEYHAVEN_\w+)`/g)]);
  expect(namesOf(named)).toEqual(namesOf(known));
  expect(named.length).toBeGreaterThan(15);
});

test('every direct dependency has its line in docs/decisions/0007, and no other', () => {
  const page = read('docs/decisions/0007-dependencies.md');
  const named = [...page.matchAll(/^- (?<names>`[^:]*`):/gm)].flatMap((line) => [
    ...(line.groups?.['names'] ?? '').matchAll(/`([^`]+)`/g),
  ]);
  expect(namesOf(named)).toEqual(directDependencies());
});

const namesOf = (matches: Iterable<RegExpExecArray>): readonly string[] =>
  [...new Set([...matches].map((match) => match[1] ?? ''))].toSorted();

type Package = Readonly<
  Partial<
    Record<'dependencies' | 'devDependencies' | 'optionalDependencies', Readonly<Record<string, string>>>
  >
>;

function directDependencies(): readonly string[] {
  const workspaces = ['apps', 'packages'].flatMap((folder) =>
    readdirSync(path.join(root, folder)).map((name) => `${folder}/${name}/package.json`),
  );
  const names = ['package.json', ...workspaces].flatMap((file) => {
    // Safe because npm itself refuses a package.json of another shape.
    const { dependencies, devDependencies, optionalDependencies } = JSON.parse(read(file)) as Package;
    return Object.keys({ ...dependencies, ...devDependencies, ...optionalDependencies });
  });
  return [...new Set(names)].filter((name) => !name.startsWith('@keyhaven/')).toSorted();
}
