/** A recovery key as people type it: pure functions from what stands in the box to what should stand there. */

export const keyLength = 24;
const groupLength = 4;

/** Spaces and every kind of dash are how people and word processors separate groups; they carry nothing. */
const separator = /[\s\u00ad\u2010-\u2015\u2212\u200b\ufeff-]/u;
const separators = new RegExp(separator, 'gu');

export type BoxText = { readonly text: string; readonly caret: number };

/**
 * The text grouped by four in capitals, with the caret behind the same character as before.
 * Only ASCII letters are capitalised: the capital of `ß` would be two letters that nobody typed.
 */
export function regroup(raw: string, caret: number): BoxText {
  const characters = Array.from(significant(raw));
  const before = Array.from(significant(raw.slice(0, caret))).length;
  const groups: string[] = [];
  for (let start = 0; start < characters.length; start += groupLength)
    groups.push(characters.slice(start, start + groupLength).join(''));
  const breaks = before === 0 ? 0 : Math.floor((before - 1) / groupLength);
  return { text: groups.join('-'), caret: characters.slice(0, before).join('').length + breaks };
}

/** The characters that count: no separators, ASCII letters in capitals. */
export function significant(raw: string): string {
  return raw.replaceAll(separators, '').replaceAll(/[a-z]/g, (letter) => letter.toUpperCase());
}

export type KeyFault =
  | { readonly kind: 'empty' }
  | { readonly kind: 'bad-character'; readonly character: string }
  | { readonly kind: 'too-short' | 'too-long'; readonly count: number };

/** What is wrong with a typed key, or null. `count` is the number of characters that count. */
export function findFault(raw: string): KeyFault | null {
  const characters = Array.from(significant(raw));
  if (characters.length === 0) return { kind: 'empty' };
  const bad = characters.find((character) => !/^[A-Z0-9]$/.test(character));
  if (bad !== undefined) return { kind: 'bad-character', character: bad };
  if (characters.length < keyLength) return { kind: 'too-short', count: characters.length };
  if (characters.length > keyLength) return { kind: 'too-long', count: characters.length };
  return null;
}

/** Characters that no known recovery key holds, in the order of first appearance. A hint, never a refusal. */
export function lookAlikes(raw: string): readonly string[] {
  return [...new Set(Array.from(significant(raw)).filter((character) => '01IS'.includes(character)))];
}

export function sameKey(one: string, other: string): boolean {
  return significant(one) === significant(other);
}
