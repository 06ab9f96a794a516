import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { problem, problemCodes } from './problem.ts';

const page = readFileSync(new URL('../../../docs/errors.md', import.meta.url), 'utf8');

it('the codes and the page that explains them are the same, in the same order', () => {
  const explained = [...page.matchAll(/^## (?<code>\S+)$/gm)].map((match) => match.groups?.['code']);
  expect(explained).toEqual([...problemCodes]);
});

it('each code has its status, its title, what it means and what to do next', () => {
  for (const section of page.split(/^## /m).slice(1))
    expect(section).toMatch(/^[a-z-]+\n\n[45]\d\d · \S.+\n\n\S.+ \*\*Next:\*\* \S.+\n/);
});

it('a code that is not in the set is no problem of ours', () => {
  const told = { type: '/', code: 'x', title: '', detail: '', status: 400 };
  expect(problem.safeParse(told).success).toBe(false);
});
