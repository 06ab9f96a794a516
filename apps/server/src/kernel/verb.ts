import type { Actor } from './actor.ts';
import type { Clock } from './clock.ts';
import type { Ids, NoteId } from './id.ts';
import type { Note } from './note.ts';
import type { Refusal } from './refusal.ts';
import { ok, type Result, refused } from './result.ts';

/** The only success a `write` can return: a value and at least one audit note, committed together. */
export type Done<Value> = {
  readonly done: true;
  readonly value: Value;
  readonly notes: readonly [NotedAs, ...NotedAs[]];
};
/** A note may be given its id ahead, where another row of the same transaction must name it. */
export type NotedAs = Note & { readonly id?: NoteId };

/** Nothing of the transaction stays but the note, where a refused try must be on record. */
export type Refused = { readonly done: false; readonly refusal: Refusal; readonly note: Note | null };

export const done = <Value>(value: Value, first: NotedAs, ...more: NotedAs[]): Done<Value> => ({
  done: true,
  value,
  notes: [first, ...more],
});

export const refuse = (refusal: Refusal, note: Note | null = null): Refused => ({
  done: false,
  refusal,
  note,
});

export type WriteContext<Tx, Who extends Actor, Input, Prepared> = {
  readonly tx: Tx;
  readonly actor: Who;
  readonly input: Input;
  readonly prepared: Prepared;
  readonly now: Date;
  readonly ids: Ids;
};

/**
 * What somebody can do that changes something. The shape carries the law: `prepare` and `after` see ports and no
 * transaction, `write` sees the transaction and no port, so a network call inside a transaction does not compile.
 */
export type Verb<Tx, Ports, Who extends Actor, Input, Prepared, Written, Value> = {
  readonly prepare: (context: {
    readonly ports: Ports;
    readonly actor: Who;
    readonly input: Input;
    readonly ids: Ids;
  }) => Promise<Result<Prepared, Refusal>>;
  readonly write: (context: WriteContext<Tx, Who, Input, Prepared>) => Promise<Done<Written> | Refused>;
  readonly after: (context: {
    readonly ports: Ports;
    readonly actor: Who;
    readonly written: Written;
  }) => Promise<Value>;
};

export type Runner<Tx> = {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly transaction: <Value>(body: (tx: Tx) => Promise<Value>) => Promise<Value>;
  readonly recordNotes: (tx: Tx, actor: Actor, now: Date, notes: readonly NotedAs[]) => Promise<void>;
};

/** Thrown inside a transaction so that it rolls back; never leaves this file. */
class RolledBack extends Error {
  readonly refusal: Refused;
  constructor(refusal: Refused) {
    super('refused');
    this.refusal = refusal;
  }
}

/** Runs `write` in one transaction with its notes. A refusal rolls back; its own note is then recorded alone. */
export async function runWrite<Tx, Who extends Actor, Written>(
  runner: Runner<Tx>,
  actor: Who,
  write: (context: {
    readonly tx: Tx;
    readonly now: Date;
    readonly ids: Ids;
  }) => Promise<Done<Written> | Refused>,
): Promise<Result<Written, Refusal>> {
  const now = runner.clock.now();
  try {
    return await runner.transaction(async (tx) => {
      const outcome = await write({ tx, now, ids: runner.ids });
      if (!outcome.done) throw new RolledBack(outcome);
      await runner.recordNotes(tx, actor, now, outcome.notes);
      return ok(outcome.value);
    });
  } catch (error) {
    if (!(error instanceof RolledBack)) throw error;
    const { note, refusal } = error.refusal;
    if (note !== null) {
      await runner.transaction((tx) => runner.recordNotes(tx, actor, now, [note]));
    }
    return refused(refusal);
  }
}

/** Runs a verb: prepare, write, after. `after` runs only once the write is committed. */
export async function runVerb<Tx, Ports, Who extends Actor, Input, Prepared, Written, Value>(
  runner: Runner<Tx>,
  ports: Ports,
  verb: Verb<Tx, Ports, Who, Input, Prepared, Written, Value>,
  actor: Who,
  input: Input,
): Promise<Result<Value, Refusal>> {
  const prepared = await verb.prepare({ ports, actor, input, ids: runner.ids });
  if (!prepared.ok) return prepared;
  const written = await runWrite(runner, actor, ({ tx, now, ids }) =>
    verb.write({ tx, actor, input, prepared: prepared.value, now, ids }),
  );
  if (!written.ok) return written;
  return ok(await verb.after({ ports, actor, written: written.value }));
}
