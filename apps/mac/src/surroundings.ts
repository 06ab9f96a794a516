import { generateKeyPair, type KeyObject, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';

const generate = promisify(generateKeyPair);

export type KeyPair = { readonly publicKey: KeyObject; readonly privateKey: KeyObject };

/** Time, chance and keys: everything a simulated Mac takes from outside. */
export type Surroundings = {
  readonly now: () => Date;
  /** Runs later; the answer cancels it. */
  readonly after: (milliseconds: number, run: () => void) => () => void;
  readonly randomBytes: (count: number) => Buffer;
  /** An RSA key pair; a benchmark may hand out ready ones. */
  readonly makeKeyPair: (bits: number) => Promise<KeyPair>;
};

export const realSurroundings: Surroundings = {
  now: () => new Date(),
  after: (milliseconds, run) => {
    const timer = setTimeout(run, milliseconds);
    return () => clearTimeout(timer);
  },
  randomBytes: (count) => randomBytes(count),
  // Made on libuv's threads, so that the other Macs of the process go on.
  makeKeyPair: (bits) => generate('rsa', { modulusLength: bits }),
};

/** A version 4 UUID in Apple's upper case. */
export function makeUuid(surroundings: Pick<Surroundings, 'randomBytes'>): string {
  const bytes = surroundings.randomBytes(16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString('hex').toUpperCase();
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
