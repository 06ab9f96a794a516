import { createHash } from 'node:crypto';

/** A committed note as the chain sees it. `at` in UTC with milliseconds. */
export type ChainedNote = {
  readonly sequence: number;
  readonly id: string;
  readonly at: string;
  readonly actorKind: string;
  readonly actorId: string | null;
  readonly actorName: string;
  readonly action: string;
  readonly deviceId: string | null;
  readonly detail: Readonly<Record<string, unknown>>;
};

/** What stands before the first note. */
export const chainStart: Buffer = createHash('sha256').update('keyhaven audit chain 1').digest();

/**
 * SHA-256 over the previous hash and the note as JSON with sorted keys: the same bytes from the database, from an
 * export, and in a verifier that has neither.
 */
export function hashOfNote(previous: Buffer, note: ChainedNote): Buffer {
  return createHash('sha256').update(previous).update(canonicalJson(note)).digest();
}

/** JSON with the keys of every object sorted by UTF-16 code units and no white space. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`);
    return `{${members.join(',')}}`;
  }
  return JSON.stringify(value);
}

export type ChainFault = { readonly sequence: number; readonly kind: 'gap' | 'hash' };

/** Where a chain has come to: the number of its last note, and its hash. */
export type ChainEnd = { readonly sequence: number; readonly hash: Buffer };

/** The end of a chain without notes. */
export const emptyChain: ChainEnd = { sequence: 0, hash: chainStart };

/** The first place where the notes, in order behind `end`, do not follow from each other; null when they all do. */
export function findChainFault(
  notes: readonly { readonly note: ChainedNote; readonly hash: Buffer }[],
  end: ChainEnd = emptyChain,
): ChainFault | null {
  let previous = end.hash;
  let expected = end.sequence + 1;
  for (const { note, hash } of notes) {
    if (note.sequence !== expected) return { sequence: expected, kind: 'gap' };
    if (!hashOfNote(previous, note).equals(hash)) return { sequence: expected, kind: 'hash' };
    previous = hash;
    expected += 1;
  }
  return null;
}
