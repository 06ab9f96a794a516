/** The words that radio and telephone use for letters (ITU, appendix 14); people read a key aloud with them. */
const letters = [
  'alpha',
  'bravo',
  'charlie',
  'delta',
  'echo',
  'foxtrot',
  'golf',
  'hotel',
  'india',
  'juliett',
  'kilo',
  'lima',
  'mike',
  'november',
  'oscar',
  'papa',
  'quebec',
  'romeo',
  'sierra',
  'tango',
  'uniform',
  'victor',
  'whiskey',
  'x-ray',
  'yankee',
  'zulu',
] as const;
const digits = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'] as const;

/** A key in its groups, each character as a word: `ABCD-2…` gives `[['alpha', 'bravo', …], …]`. */
export function spellOut(recoveryKey: string): readonly (readonly string[])[] {
  return recoveryKey.split('-').map((group) => Array.from(group, wordFor));
}

function wordFor(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return letters[code - 0x41] ?? digits[code - 0x30] ?? character;
}
