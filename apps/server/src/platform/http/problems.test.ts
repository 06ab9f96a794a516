import { readFileSync } from 'node:fs';
import { problemCodes } from '@keyhaven/api-contract/problem';
import { expect, it } from 'vitest';
import { problemOf } from './problems.ts';

const page = readFileSync(new URL('../../../../../docs/errors.md', import.meta.url), 'utf8');

it('what is answered is what docs/errors.md says of its code', () => {
  for (const code of problemCodes) {
    const { status, title } = problemOf(code);
    expect(page).toContain(`## ${code}\n\n${status} · ${title}\n`);
  }
});
