import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { readSources } from './read-sources.mjs';

const root = path.join(import.meta.dirname, '..');
const page = readFileSync(path.join(root, 'docs/protocol.md'), 'utf8');
const [statementsPart = '', apart = ''] = page.split('\n## Still without a test\n');
const numbersIn = (text: string): readonly string[] =>
  [...text.matchAll(/^- (?<number>\d+(?:\.\d+)?-\d+): \S/gm)].map((match) => match.groups?.['number'] ?? '');
const statements = numbersIn(statementsPart);
const untested = numbersIn(apart);

/** The numbers that names of tests begin with, one or several, and the file of each. */
function numbersOfTests(): ReadonlyMap<string, string> {
  const names = /(?<=['"`])(?:\d+(?:\.\d+)?-\d+ )+(?=[^\s'"`])/g;
  const sources = readSources(root, ['apps', 'packages', 'stories']).filter(({ path: file }) =>
    /\.(?:test|story)\.tsx?$/.test(file),
  );
  const found = new Map<string, string>();
  for (const { path: file, text } of sources) {
    for (const [numbers] of text.matchAll(names)) {
      for (const number of numbers.trim().split(' ')) found.set(number, file);
    }
  }
  return found;
}

test('docs/protocol.md gives every statement a number of its own, in order', () => {
  expect(statements.length).toBeGreaterThan(100);
  expect(new Set(statements).size).toBe(statements.length);
  const sections = [...statementsPart.matchAll(/^## (\d+(?:\.\d+)?) [^]*?(?=\n## |$(?![^]))/gm)];
  for (const [text, section] of sections) {
    const own = numbersIn(text);
    expect(own).toEqual(own.map((_, index) => `${section}-${index + 1}`));
  }
});

test('every statement is the beginning of a test’s name, but for those that say why not yet', () => {
  const tested = numbersOfTests();
  expect(statements.filter((number) => !tested.has(number))).toEqual(untested);
});

test('every number at the beginning of a test’s name is that of a statement', () => {
  const known = new Set(statements);
  const unknown = [...numbersOfTests()].filter(([number]) => !known.has(number));
  expect(unknown.map(([number, file]) => `${number} in ${file}`)).toEqual([]);
});
