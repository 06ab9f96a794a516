import { generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';

export type KeyPair = { readonly publicKey: KeyObject; readonly privateKey: KeyObject };

const generate = promisify(generateKeyPair);

/** One RSA-2048 pair, made on a thread of libuv's pool, never on the event loop. */
export const makeKeyPair = async (): Promise<KeyPair> => generate('rsa', { modulusLength: 2048 });

/**
 * Key pairs made ahead of need: one costs 0.18 s of CPU, and an enrollment should not wait for it. Pairs that were
 * never handed out vanish with the process; they opened nothing.
 */
export function escrowKeyPool(size: number): { readonly take: () => Promise<KeyPair> } {
  const ready: Promise<KeyPair>[] = [];
  const refill = (): void => {
    while (ready.length < size) {
      const pair = makeKeyPair();
      // A failure shows where the pair is taken; until then it is nobody's.
      pair.catch(() => undefined);
      ready.push(pair);
    }
  };
  return {
    take: async () => {
      const pair = ready.shift() ?? makeKeyPair();
      // Later, so that a burst of enrollments is served before the pool is filled again.
      setTimeout(refill, 1000).unref();
      return pair;
    },
  };
}
