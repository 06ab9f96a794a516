import { readFileSync } from 'node:fs';
import path from 'node:path';
import { failureReason } from '@keyhaven/api-contract/attempt';
import { keyVersionState } from '@keyhaven/api-contract/recovery-key';
import { describe, expect, test } from 'vitest';
import { commandKinds } from '../apps/server/src/modules/commands/command.ts';
import { attemptStates } from '../apps/server/src/modules/escrow/attempt.ts';

const root = path.join(import.meta.dirname, '..');
const words = readFileSync(path.join(root, 'docs/words.md'), 'utf8');

/** The text below a heading, up to the next. */
function sectionOf(heading: string): string {
  const [, after = ''] = words.split(`\n## ${heading}\n`);
  return after.split('\n## ')[0] ?? '';
}

/** The words in code that begin a line with a sentence. */
const entriesOf = (heading: string): readonly string[] =>
  [...sectionOf(heading).matchAll(/^- `([^`]+)`: \S.*[.;]?$/gm)].map((match) => match[1] ?? '');

/** The members of the union, which types alone know, from its source. */
function auditActions(): readonly string[] {
  const source = readFileSync(path.join(root, 'apps/server/src/kernel/note.ts'), 'utf8');
  const union = /export type AuditAction =(?<members>[^;]*);/.exec(source)?.groups?.['members'] ?? '';
  return [...union.matchAll(/'([^']+)'/g)].map((match) => match[1] ?? '');
}

describe('docs/words.md says what the code says, no more and no less', () => {
  const lists: readonly (readonly [string, readonly string[]])[] = [
    ['Audit actions †', auditActions()],
    ['States of an attempt †', attemptStates],
    ['States of a key version †', keyVersionState.options],
    ['Reasons of a failed attempt †', failureReason.options],
  ];
  test.each(lists)('%s', (heading, known) => {
    expect(known.length).toBeGreaterThan(5);
    expect(entriesOf(heading).toSorted()).toEqual(known.toSorted());
  });

  test('kinds of command', () => {
    const line = /Kinds of command †: (?<kinds>[^.]*)\./.exec(words)?.groups?.['kinds'] ?? '';
    const named = [...line.matchAll(/`(\w+)`/g)].map((match) => match[1] ?? '');
    expect(named).toEqual([...commandKinds]);
  });
});
