import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ChainedNote, canonicalJson, chainStart, findChainFault, hashOfNote } from './chain.ts';

const anyDetail = fc.dictionary(
  fc.string({ maxLength: 8 }),
  fc.oneof(fc.string({ unit: 'grapheme', maxLength: 12 }), fc.integer(), fc.boolean(), fc.constant(null)),
  { maxKeys: 4, noNullPrototype: true },
);
const anyNote = fc.record({
  id: fc.uuid(),
  at: fc
    .date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true })
    .map((at) => at.toISOString()),
  actorKind: fc.constantFrom('person', 'mac', 'system'),
  actorId: fc.option(fc.uuid()),
  actorName: fc.string({ unit: 'grapheme', maxLength: 12 }),
  action: fc.constantFrom('recovery-key.revealed', 'recovery-key.saved', 'device.enrolled'),
  deviceId: fc.option(fc.uuid()),
  detail: anyDetail,
});
type Link = { readonly note: ChainedNote; readonly hash: Buffer };

const anyChain = fc.array(anyNote, { minLength: 2, maxLength: 12 }).map((notes): readonly Link[] => {
  let previous = chainStart;
  return notes.map((each, index) => {
    const note = { ...each, sequence: index + 1 };
    previous = hashOfNote(previous, note);
    return { note, hash: previous };
  });
});

/** Ways to falsify a log at one place; null where this chain gives no way. */
const mutations: readonly ((links: Link[], at: number) => readonly Link[] | null)[] = [
  (links, at) => links.toSpliced(at, 1),
  (links, at) => links.toSpliced(at, 0, ...links.slice(at, at + 1)),
  (links, at) => replace(links, at, { actorName: 'somebody else' }),
  (links, at) => replace(links, at, { at: '2001-01-01T00:00:00.000Z' }),
  (links, at) => replace(links, at, { actorId: '00000000-0000-0000-0000-000000000000' }),
  (links, at) => replace(links, at, { deviceId: '00000000-0000-0000-0000-000000000000' }),
  (links, at) => replace(links, at, { action: 'device.renamed' }),
  (links, at) => replace(links, at, { detail: { changed: true } }),
  (links, at) => replace(links, at, { id: '00000000-0000-0000-0000-000000000000' }),
  (links, at) => replace(links, at, { sequence: 99 }),
  (links, at) => {
    const link = links[at];
    if (link === undefined) return null;
    const hash = Buffer.from(link.hash);
    hash.writeUInt8(hash.readUInt8(at % 32) ^ 1, at % 32);
    return links.with(at, { ...link, hash });
  },
  (links, at) => {
    const [one, two] = [links[at], links[at + 1]];
    if (one === undefined || two === undefined) return null;
    return links.with(at, two).with(at + 1, one);
  },
  (links, at) => {
    // A careful forger puts the right sequence numbers on exchanged notes, and keeps the hashes.
    const [one, two] = [links[at], links[at + 1]];
    if (one === undefined || two === undefined) return null;
    if (canonicalJson({ ...one.note, sequence: 0 }) === canonicalJson({ ...two.note, sequence: 0 }))
      return null;
    return links
      .with(at, { ...one, note: { ...two.note, sequence: one.note.sequence } })
      .with(at + 1, { ...two, note: { ...one.note, sequence: two.note.sequence } });
  },
];

function replace(links: readonly Link[], at: number, change: Partial<ChainedNote>): readonly Link[] | null {
  const link = links[at];
  return link === undefined ? null : links.with(at, { ...link, note: { ...link.note, ...change } });
}

describe('the audit chain', () => {
  it('of honest notes has no fault', () => {
    fc.assert(
      fc.property(anyChain, (links) => {
        expect(findChainFault(links)).toBeNull();
      }),
    );
    expect(findChainFault([])).toBeNull();
  });

  it('shows every change, omission, repetition and exchange, at or before the place', () => {
    fc.assert(
      fc.property(anyChain, fc.nat(), fc.nat(), (links, place, which) => {
        const at = place % links.length;
        const mutated = mutations[which % mutations.length]?.([...links], at) ?? null;
        // The end of a chain may be missing: only its length, kept elsewhere, can tell.
        const cut = mutated !== null && mutated.length < links.length && at === links.length - 1;
        if (mutated === null || cut) return;
        const fault = findChainFault(mutated);
        expect(fault).not.toBeNull();
        expect(fault?.sequence).toBeLessThanOrEqual(at + 2);
      }),
      { numRuns: 1000 },
    );
  });

  it('does not depend on the order in which a database gives the members of a detail', () => {
    fc.assert(
      fc.property(anyNote, (each) => {
        const note = { ...each, sequence: 1 };
        const detail = Object.fromEntries(Object.entries(note.detail).toReversed());
        const turned = Object.fromEntries(Object.entries({ ...note, detail }).toReversed());
        expect(canonicalJson(turned)).toBe(canonicalJson(note));
      }),
    );
  });

  it('starts from a known hash and is SHA-256 all the way', () => {
    const note: ChainedNote = {
      sequence: 1,
      id: '6f9619ff-8b86-4d01-b42d-00cf4fc964ff',
      at: '2026-11-22T12:00:00.000Z',
      actorKind: 'system',
      actorId: null,
      actorName: 'Keyhaven',
      action: 'policy.created',
      deviceId: null,
      detail: { version: 1, name: 'Default' },
    };
    expect(canonicalJson(note)).toBe(
      '{"action":"policy.created","actorId":null,"actorKind":"system","actorName":"Keyhaven",' +
        '"at":"2026-11-22T12:00:00.000Z","detail":{"name":"Default","version":1},"deviceId":null,' +
        '"id":"6f9619ff-8b86-4d01-b42d-00cf4fc964ff","sequence":1}',
    );
    expect(hashOfNote(chainStart, note)).toHaveLength(32);
    expect(hashOfNote(chainStart, note)).not.toEqual(hashOfNote(Buffer.alloc(32), note));
  });
});
