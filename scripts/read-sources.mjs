import { readdirSync, readFileSync } from 'node:fs';

const SOURCE = /\.(?:ts|tsx|mts|mjs|js)$/;
const SKIPPED = new Set(['node_modules', 'dist']);
// Tests, the suites of ports, and what only they use: fixtures, setups, and files named test-….
const TEST = /\.(?:test|contract|story|fixture|setup)\.tsx?$|\/test-[^/]*\.tsx?$/;
const BEFORE_A_REGEX = /(?:^|[(,=:[!&|?{;+\-*%~^]|\b(?:return|typeof|case|in|of|await|yield|void))\s*$/;

/**
 * Every source file below the folders of `root`: `path` is relative and with slashes, `text` as written, `code` the
 * same length with comments and the insides of strings blanked, so that a pattern finds code alone.
 */
export function readSources(root, folders) {
  return folders
    .flatMap((folder) => pathsBelow(root, folder))
    .map((path) => {
      const text = readFileSync(`${root}/${path}`, 'utf8');
      return { path, text, code: blank(text), isTest: isTest(path) };
    });
}

/** The names in a folder of `root`, or none where there is no such folder. */
export function entriesOf(root, folder) {
  try {
    return readdirSync(`${root}/${folder}`, { withFileTypes: true }).toSorted((a, b) =>
      a.name < b.name ? -1 : 1,
    );
  } catch (error) {
    if (error.code === 'ENOENT') return [];
    throw error;
  }
}

export function isTest(path) {
  return TEST.test(path);
}

export function lineOf(text, index) {
  return text.slice(0, index).split('\n').length;
}

/** Every import, re-export and dynamic import that names its target: `{specifier, line, typeOnly}`. */
export function importsOf({ text, code }) {
  const patterns = [
    /\b(?:import|export)\b(?!\s*\()(?<clause>[^;'"`]*?)\bfrom\s*(?<literal>(['"]) *\3)/dg,
    /\bimport\s*(?<literal>(['"]) *\2)/dg,
    /\bimport\s*\(\s*(?<literal>(['"]) *\2)/dg,
  ];
  return patterns.flatMap((pattern) =>
    [...code.matchAll(pattern)].map((match) => {
      const [start, end] = match.indices.groups.literal;
      const specifier = text.slice(start + 1, end - 1);
      return { specifier, line: lineOf(text, match.index), typeOnly: isTypeOnly(match.groups.clause) };
    }),
  );
}

function isTypeOnly(clause = '') {
  if (/^\s*type\b(?!\s*(?:,|from\b|$))/.test(clause)) return true;
  const names = /^\s*\{(?<names>[^}]*)\}\s*$/
    .exec(clause)
    ?.groups.names.split(',')
    .filter((name) => name.trim());
  return names !== undefined && names.length > 0 && names.every((name) => /^\s*type\s+\w/.test(name));
}

function pathsBelow(root, folder) {
  return entriesOf(root, folder).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return SKIPPED.has(entry.name) ? [] : pathsBelow(root, path);
    return entry.isFile() && SOURCE.test(entry.name) ? [path] : [];
  });
}

/**
 * Not a parser: it knows comments, strings, templates and regular expressions. An apostrophe in the text of JSX
 * hides the rest of its line.
 */
function blank(text) {
  const out = text.split('');
  const hide = (from, to) => {
    for (let at = from; at < to; at++) if (out[at] !== '\n') out[at] = ' ';
  };
  // For each template we are inside of, the depth of braces within its current ${…}.
  const templates = [];
  let at = 0;
  const template = () => {
    const end = endOfTemplatePart(text, at);
    hide(at, end);
    if (text[end] === '$') templates.push(0);
    at = text[end] === '$' ? end + 2 : end + 1;
  };
  while (at < text.length) {
    const end = endOfHidden(text, at);
    if (end !== null) {
      hide(end.from, end.to);
      at = end.next;
    } else if (text[at] === '`') {
      at += 1;
      template();
    } else if (text[at] === '}' && templates.at(-1) === 0) {
      templates.pop();
      at += 1;
      template();
    } else {
      if (templates.length > 0 && text[at] === '{') templates.push(templates.pop() + 1);
      if (templates.length > 0 && text[at] === '}') templates.push(templates.pop() - 1);
      at += 1;
    }
  }
  return out.join('');
}

// A comment, a string or a regular expression that begins here: what of it to hide, and where code goes on.
function endOfHidden(text, at) {
  const rest = text.slice(at, at + 2);
  if (rest === '//') return whole(at, indexOrEnd(text, '\n', at));
  if (rest === '/*') return whole(at, indexOrEnd(text, '*/', at + 2) + 2);
  if (rest[0] === "'" || rest[0] === '"') {
    const end = endOfLineLiteral(text, at + 1, (character) => character === rest[0]);
    return end === null ? null : { from: at + 1, to: end, next: end + 1 };
  }
  if (rest[0] !== '/' || !BEFORE_A_REGEX.test(text.slice(Math.max(0, at - 40), at))) return null;
  let inClass = false;
  const end = endOfLineLiteral(text, at + 1, (character) => {
    if (character === '[') inClass = true;
    if (character === ']') inClass = false;
    return character === '/' && !inClass;
  });
  return end === null ? null : { from: at + 1, to: end, next: end + 1 };
}

function whole(from, to) {
  return { from, to, next: to };
}

function endOfLineLiteral(text, from, isEnd) {
  for (let at = from; at < text.length && text[at] !== '\n'; at++) {
    if (text[at] === '\\') at += 1;
    else if (isEnd(text[at])) return at;
  }
  return null;
}

function endOfTemplatePart(text, from) {
  for (let at = from; at < text.length; at++) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === '`' || text.startsWith('${', at)) return at;
  }
  return text.length;
}

function indexOrEnd(text, wanted, from) {
  const index = text.indexOf(wanted, from);
  return index === -1 ? text.length : index;
}
