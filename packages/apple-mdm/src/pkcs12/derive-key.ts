import { createHash } from 'node:crypto';
import { setImmediate as letOthersRun } from 'node:timers/promises';

export type Pkcs12Digest = 'sha1' | 'sha256' | 'sha384' | 'sha512';

/** What the octets are for: the ID of RFC 7292 B.3. */
const ID = { key: 1, iv: 2, mac: 3 } as const;

const BLOCK: Readonly<Record<Pkcs12Digest, number>> = { sha1: 64, sha256: 64, sha384: 128, sha512: 128 };

export interface Derivation {
  readonly digest: Pkcs12Digest;
  readonly password: string;
  readonly salt: Buffer;
  readonly iterations: number;
  readonly purpose: keyof typeof ID;
  /** Octets wanted. */
  readonly length: number;
}

/** Some milliseconds of hashing. */
const ROUNDS_AT_A_TIME = 2000;

/** Octets from a password, in the way of PKCS #12 (RFC 7292 B.2). Lets others run between its rounds. */
export async function deriveKey(derivation: Derivation): Promise<Buffer> {
  const { digest, password, salt, iterations, purpose, length } = derivation;
  const block = BLOCK[digest];
  const diversifier = Buffer.alloc(block, ID[purpose]);
  let input = Buffer.concat([stretch(salt, block), stretch(bmpString(password), block)]);
  const pieces: Buffer[] = [];
  for (let have = 0; have < length; ) {
    let piece = createHash(digest).update(diversifier).update(input).digest();
    for (let round = 1; round < iterations; round += 1) {
      piece = createHash(digest).update(piece).digest();
      if (round % ROUNDS_AT_A_TIME === 0) await letOthersRun();
    }
    pieces.push(piece);
    have += piece.length;
    input = addToBlocks(input, Buffer.alloc(block, piece), block);
  }
  return Buffer.concat(pieces).subarray(0, length);
}

/** Repeated until it fills whole blocks. */
function stretch(octets: Buffer, block: number): Buffer<ArrayBuffer> {
  const length = Math.ceil(octets.length / block) * block;
  return octets.length === 0 ? Buffer.alloc(0) : Buffer.alloc(length, octets);
}

/** UTF-16, big-endian, with a zero at its end (RFC 7292 B.1). */
function bmpString(password: string): Buffer {
  return Buffer.from(`${password}\0`, 'utf16le').swap16();
}

/** Each block plus `other` plus one, as big-endian numbers of a block's length. */
function addToBlocks(input: Buffer, other: Buffer, block: number): Buffer<ArrayBuffer> {
  const sum = Buffer.from(input);
  for (let start = 0; start < sum.length; start += block) {
    let carry = 1;
    for (let at = block - 1; at >= 0; at -= 1) {
      const octet = (sum[start + at] ?? 0) + (other[at] ?? 0) + carry;
      sum[start + at] = octet & 0xff;
      carry = octet >> 8;
    }
  }
  return sum;
}
