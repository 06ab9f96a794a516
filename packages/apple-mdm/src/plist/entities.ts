import { findForbiddenCharacter } from './characters.ts';

const named: ReadonlyMap<string, string> = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
]);
const reference = /&(?:([a-z]{2,4})|#([0-9]{1,7})|#x([0-9a-fA-F]{1,6}));/y;

/**
 * Text with its references resolved: the five predefined entities and numeric references, nothing else.
 * Answers the position of the first reference it refuses when there is one.
 */
export function resolveReferences(text: string): string | { readonly refusedAt: number } {
  let from = 0;
  let resolved = '';
  for (let at = text.indexOf('&'); at !== -1; at = text.indexOf('&', from)) {
    reference.lastIndex = at;
    const character = characterOf(reference.exec(text));
    if (character === undefined) return { refusedAt: at };
    resolved += text.slice(from, at) + character;
    from = reference.lastIndex;
  }
  return from === 0 ? text : resolved + text.slice(from);
}

function characterOf(match: RegExpExecArray | null): string | undefined {
  if (match === null) return undefined;
  const [, name, decimal, hex] = match;
  if (name !== undefined) return named.get(name);
  const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
  if (code > 0x10ffff) return undefined;
  const character = String.fromCodePoint(code);
  return findForbiddenCharacter(character) === -1 ? character : undefined;
}
