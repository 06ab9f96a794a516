import { generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';

export type KeyPair = { readonly publicKey: KeyObject; readonly privateKey: KeyObject };

const generate = promisify(generateKeyPair);

/** One RSA-2048 pair, made on a thread of libuv's pool, never on the event loop. */
export const makeKeyPair = async (): Promise<KeyPair> => generate('rsa', { modulusLength: 2048 });

export type EscrowKeyPool = {
  /** A pair that nobody has had; made now when none is ready. */
  readonly take: () => Promise<KeyPair>;
  /** Resolves when so many are ready. */
  readonly fill: (size: number) => Promise<void>;
};

const keptReady = 3;

/**
 * Key pairs made ahead of need: one costs 0.18 s of CPU, and an enrollment should not wait for it. One after the other,
 * so that the threads stay free for other work. Pairs that were never handed out vanish with the process; they opened
 * nothing.
 */
export function escrowKeyPool(): EscrowKeyPool {
  const ready: KeyPair[] = [];
  let filling: Promise<void> = Promise.resolve();
  const fillAfter = async (before: Promise<void>, size: number): Promise<void> => {
    // What went wrong before us was told to whoever asked for it.
    await before.catch(() => undefined);
    while (ready.length < size) ready.push(await makeKeyPair());
  };
  const fill = (size: number): Promise<void> => {
    filling = fillAfter(filling, size);
    return filling;
  };
  return {
    fill,
    take: async () => {
      const pair = ready.shift() ?? (await makeKeyPair());
      // Later, so that a burst of enrollments is served before the pool is filled again.
      if (ready.length < keptReady)
        setTimeout(() => void fill(keptReady).catch(() => undefined), 1000).unref();
      return pair;
    },
  };
}
