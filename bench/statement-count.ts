import { Client } from 'pg';

export type StatementCount = { readonly name: string; readonly count: number; readonly ms: number };

type Tally = { count: number; ms: number };
type AnyFunction = (...args: unknown[]) => unknown;

/**
 * Counts the statements that this process sends, by name, or by their first words where they have none, with the time
 * until their answer. Off until `begin`; it costs nothing then.
 */
export function countStatements(): {
  readonly begin: () => void;
  readonly end: () => readonly StatementCount[];
} {
  // Safe because it is called with what it was given, and what it returns goes back as it is.
  const send = Client.prototype.query as AnyFunction;
  const tallies = new Map<string, Tally>();

  function counted(this: unknown, ...args: unknown[]): unknown {
    const began = performance.now();
    const sent = send.apply(this, args);
    if (sent instanceof Promise) {
      const add = (): void => addTo(tallies, nameOf(args[0]), performance.now() - began);
      sent.then(add, add);
    }
    return sent;
  }
  return {
    begin: () => {
      tallies.clear();
      Object.assign(Client.prototype, { query: counted });
    },
    end: () => {
      Object.assign(Client.prototype, { query: send });
      return [...tallies].map(([name, tally]) => ({ name, ...tally }));
    },
  };
}

function addTo(tallies: Map<string, Tally>, name: string, ms: number): void {
  const tally = tallies.get(name) ?? { count: 0, ms: 0 };
  tallies.set(name, { count: tally.count + 1, ms: tally.ms + ms });
}

function nameOf(query: unknown): string {
  if (typeof query === 'string') return firstWords(query);
  if (typeof query !== 'object' || query === null) return '?';
  if ('name' in query && typeof query.name === 'string') return query.name;
  return 'text' in query && typeof query.text === 'string' ? `${firstWords(query.text)} (no name)` : '?';
}

const firstWords = (text: string): string =>
  text.trim().replaceAll(/\s+/gu, ' ').split(' ').slice(0, 4).join(' ').slice(0, 40);
