import { readFileSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { entriesOf, lineOf, readSources } from './read-sources.mjs';

const LONGEST = 300;
const LONGEST_README = 40;
const MODULES = 'apps/server/src/modules';

const STORE = /\.store\.ts$|^apps\/server\/src\/platform\/db\/|\/migrations\//;
// The vault, and the one route whose answer is a key.
const VAULT = /^packages\/sealing\/|^apps\/server\/src\/(?:vault\/|modules\/escrow\/escrow\.routes\.ts$)/;
const CONFIG = /^apps\/server\/src\/config\.ts$|^apps\/[^/]+\/src\/(?:.*\/)?cli[^/]*\.ts$|^apps\/web\/dev\//;
const INNER = /^apps\/server\/src\/(?:modules|vault)\//;
const TOOL_CONFIG = /\.config\.ts$/;

// `found` in the code of a file that `where` holds for breaks the house, for the reason given. What is in tests is
// free, unless `inTests`.
const RULES = [
  {
    found:
      /\bsql\s*(?:<[^`;]*>)?\s*`|\bsql\.\w+\s*[(<]|\.(?:selectFrom|insertInto|updateTable|deleteFrom|mergeInto)\s*\(/g,
    where: (path) => !STORE.test(path),
    reason: 'SQL stands in *.store.ts, platform/db and migrations only',
  },
  {
    found: /\.\s*expose\b/g,
    where: (path) => !VAULT.test(path),
    reason: 'a secret is exposed in packages/sealing and the vault only',
  },
  {
    found: /\bprocess\s*\??\.\s*env\b|\{[^{}]*\benv\b[^{}]*\}\s*=\s*process\b/g,
    where: (path) => !CONFIG.test(path),
    reason: 'the environment is read in config.ts and the commands only, and passed from there',
  },
  {
    found: /\bDate\s*\.\s*now\b|\bnew\s+Date\b(?!\s*\(\s*[^\s)])|\bDate\s*\(\s*\)|\bMath\s*\.\s*random\b/g,
    where: (path) => INNER.test(path),
    reason: 'time and chance come in from outside',
  },
  { found: /\bexport\s*\*/g, reason: 'exports are named one by one', inTests: true },
  {
    found: /\bexport\s+default\b|\bas\s+default\b/g,
    where: (path) => !TOOL_CONFIG.test(path),
    reason: 'exports are named, never default',
    inTests: true,
  },
  { found: /\benum\s+\w+\s*\{/g, reason: 'a union of literals says what an enum would', inTests: true },
  {
    found: /(?:[:<]|(?<![=!])=|=>|\b(?:as|extends))\s*any\b(?=\s*(?:[,;)>[\]|&={}]|$))|,\s*any\s*>/gm,
    reason: 'any switches the types off: use unknown and look',
    inTests: true,
  },
];

/** One sentence for each place where the sources of `root` (the repository) break a rule of the house. */
export function checkHouse(root) {
  const sources = readSources(root, ['apps', 'packages']);
  const around = readSources(root, ['scripts', 'stories', 'bench']);
  return [
    ...sources.flatMap((source) => RULES.flatMap((rule) => breachesOf(source, rule))),
    ...[...sources, ...around].flatMap(lengthOf),
    ...moduleFolders(root).flatMap((name) => moduleOf(root, name)),
  ];
}

function breachesOf({ path, code, isTest }, { found, where = () => true, reason, inTests = false }) {
  if ((isTest && !inTests) || !where(path)) return [];
  return [...code.matchAll(found)].map((match) => {
    const what = match[0].trim().replaceAll(/\s+/g, ' ');
    return `${path}:${lineOf(code, match.index)} has "${what}": ${reason}.`;
  });
}

function lengthOf({ path, text }) {
  const lines = countLines(text);
  if (lines <= LONGEST || hasReason(text)) return [];
  return [`${path} has ${lines} lines: over ${LONGEST} its first comment says "// Long because …".`];
}

function hasReason(text) {
  const head =
    /^(?:#![^\n]*\n)?\s*(?<comment>(?:[ \t]*\/\/[^\n]*(?:\n|$))+)/.exec(text)?.groups.comment ?? '';
  return /^\s*\/\/ Long because \S/m.test(head);
}

function moduleFolders(root) {
  return entriesOf(root, MODULES)
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name);
}

function moduleOf(root, name) {
  const folder = `${MODULES}/${name}`;
  const files = entriesOf(root, folder).map((entry) => entry.name);
  const breaches = [];
  if (!files.includes(`${name}.ts`))
    breaches.push(`${folder} has no door: ${name}.ts says what others may ask.`);
  if (!files.includes('README.md')) return [...breaches, `${folder} has no README.md.`];
  const lines = countLines(readFileSync(`${root}/${folder}/README.md`, 'utf8'));
  if (lines <= LONGEST_README) return breaches;
  return [...breaches, `${folder}/README.md has ${lines} lines: at most ${LONGEST_README}.`];
}

function countLines(text) {
  return text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const breaches = checkHouse(process.cwd());
  for (const breach of breaches) console.error(breach);
  process.exitCode = breaches.length === 0 ? 0 : 1;
}
