import type { Actor } from '../../kernel/actor.ts';
import { type Ids, randomIds } from '../../kernel/id.ts';
import type { NotedAs } from '../../kernel/verb.ts';
import { type Database, type Tx, transaction } from '../../platform/db/database.ts';
import {
  type ChainLink,
  type DeviceNote,
  findChainEnd,
  findChainedNotes,
  findNotesOfDevice,
  findUnchainedNotes,
  insertNote,
  linkNotes,
  lockSequencer,
} from './audit.store.ts';
import { type ChainFault, chainStart, emptyChain, findChainFault, hashOfNote } from './chain.ts';

/** Writes notes in the caller's transaction: no write without its note, no note without its write. */
export async function recordNotes(
  tx: Tx,
  actor: Actor,
  now: Date,
  notes: readonly NotedAs[],
  ids: Ids = randomIds,
): Promise<void> {
  for (const note of notes) {
    await insertNote(tx, {
      id: note.id ?? ids.next(),
      at: now,
      actorKind: actor.kind,
      actorId: actorId(actor),
      actorName: actorName(actor),
      action: note.action,
      deviceId: note.device ?? null,
      detail: note.detail ?? {},
    });
  }
}

function actorId(actor: Actor): string | null {
  if (actor.kind === 'person') return actor.person;
  return actor.kind === 'mac' ? actor.enrollment : null;
}

function actorName(actor: Actor): string {
  return actor.kind === 'mac' ? 'Mac' : actor.name;
}

const batch = 500;

/**
 * Gives committed notes their place in the chain, in order, one sequencer at a time, so that writers never queue
 * behind each other. Returns how many were chained. Safe to call from every process at any time.
 */
export async function chainNotes(database: Database): Promise<number> {
  return transaction(database, async (tx) => {
    await lockSequencer(tx);
    const end = await findChainEnd(tx);
    let previous = end?.hash ?? chainStart;
    let sequence = end?.sequence ?? 0;
    const notes = await findUnchainedNotes(tx, batch);
    const links: ChainLink[] = [];
    for (const { at, ...note } of notes) {
      sequence += 1;
      const hash = hashOfNote(previous, { ...note, at: at.toISOString(), sequence });
      links.push({ id: note.id, sequence, previous, hash });
      previous = hash;
    }
    if (links.length > 0) await linkNotes(tx, links);
    return notes.length;
  });
}

/** The first fault of the whole stored chain, or null. Read in batches: a log grows for years. */
export async function verifyChain(database: Database): Promise<ChainFault | null> {
  for (let end = emptyChain; ; ) {
    const notes = await findChainedNotes(database, end.sequence, batch);
    const fault = findChainFault(notes, end);
    const last = notes.at(-1);
    if (fault !== null || last === undefined) return fault;
    end = { sequence: last.note.sequence, hash: last.hash };
  }
}

/** The notes about a Mac that its owner may read, newest first. */
export const notesAbout = (
  database: Database,
  device: string,
  actions: readonly string[],
  limit: number,
): Promise<readonly DeviceNote[]> => findNotesOfDevice(database, device, actions, limit);
