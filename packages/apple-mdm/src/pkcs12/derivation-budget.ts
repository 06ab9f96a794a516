import { Pkcs12Error } from './pkcs12-error.ts';

/**
 * How much work one file may ask for to turn passwords into keys. A file says itself how often its hash is to be
 * repeated, so that without a bound a few octets keep a processor busy for minutes.
 */
export class DerivationBudget {
  readonly #iterations: number;
  #rounds: number;

  /** `iterations`: the most of one derivation. `rounds`: the most of all, where each block derived costs its own. */
  constructor({ iterations, rounds }: { readonly iterations: number; readonly rounds: number }) {
    this.#iterations = iterations;
    this.#rounds = rounds;
  }

  /** To be asked before any work is done. @throws Pkcs12Error `malformed` where that is too much */
  spend(iterations: number, blocks: number): void {
    this.#rounds -= iterations * blocks;
    if (iterations > this.#iterations || this.#rounds < 0) throw new Pkcs12Error('malformed');
  }
}
