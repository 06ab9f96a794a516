import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

const root = path.join(import.meta.dirname, '..');
const skipped = new Set(['node_modules', 'dist', 'data', '.git']);

function pagesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const name = path.join(folder, entry.name);
    if (entry.isDirectory()) return skipped.has(entry.name) ? [] : pagesBelow(name);
    return entry.name.endsWith('.md') ? [name] : [];
  });
}

/** What links and pictures of a page point to, outside of comments and code. */
function targetsOf(text: string): readonly string[] {
  const prose = text
    .replaceAll(/<!--[^]*?-->/g, '')
    .replaceAll(/^```[^]*?^```/gm, '')
    .replaceAll(/`[^`\n]*`/g, '');
  return [...prose.matchAll(/\]\(([^()\s]+)\)/g)].map((match) => match[1] ?? '');
}

const isOutside = (target: string): boolean => /^[a-z]+:/.test(target);

function isThere(page: string, target: string): boolean {
  const [file = '', heading] = target.split('#');
  const found = file === '' ? page : path.resolve(path.dirname(page), decodeURIComponent(file));
  if (!existsSync(found)) return false;
  return heading === undefined || anchorsOf(readFileSync(found, 'utf8')).includes(heading);
}

/** Headings as an address names them: lower case, hyphens for spaces, no other marks. */
const anchorsOf = (text: string): readonly string[] =>
  [...text.matchAll(/^#+ (.+)$/gm)].map((match) =>
    (match[1] ?? '')
      .toLowerCase()
      .replaceAll(/[^\p{Letter}\p{Number}\s_-]/gu, '')
      .trim()
      .replaceAll(/\s/g, '-'),
  );

const pages = pagesBelow(root).map((page) => path.relative(root, page));

test.each(pages)('every link of %s leads somewhere', (name) => {
  const page = path.join(root, name);
  const targets = targetsOf(readFileSync(page, 'utf8')).filter((target) => !isOutside(target));
  expect(targets.filter((target) => !isThere(page, target))).toEqual([]);
});
