import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { isStrongRsaKey } from './strong-rsa-key.ts';

// The product of the primes up to 167: what the faulty generator works modulo for the shortest keys.
const primorial = primesTo(167).reduce((product, prime) => product * prime, 1n);

function primesTo(most: number): readonly bigint[] {
  const primes: number[] = [];
  for (let n = 2; n <= most; n += 1) if (primes.every((prime) => n % prime !== 0)) primes.push(n);
  return primes.map(BigInt);
}

function keyOf(modulus: bigint, exponent = 'AQAB'): KeyObject {
  const n = Buffer.from(modulus.toString(16).padStart(512, '0'), 'hex').toString('base64url');
  return createPublicKey({ key: { kty: 'RSA', n, e: exponent }, format: 'jwk' });
}

/** A modulus of 2048 bits that is a power of 65537 modulo the primorial. */
function marked(power: number): bigint {
  const residue = 65_537n ** BigInt(power) % primorial;
  return (2n ** 2047n / primorial + 1n) * primorial + residue;
}

describe('2.6-7 an RSA key', () => {
  it('as everybody makes them is strong', () => {
    for (let times = 0; times < 5; times += 1) {
      expect(isStrongRsaKey(generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey)).toBe(true);
    }
  });

  it('of less than 2048 bits, with a small exponent, or of another kind is not', () => {
    expect(isStrongRsaKey(generateKeyPairSync('rsa', { modulusLength: 2040 }).publicKey)).toBe(false);
    const small = generateKeyPairSync('rsa', { modulusLength: 2048, publicExponent: 3 });
    expect(isStrongRsaKey(small.publicKey)).toBe(false);
    expect(isStrongRsaKey(generateKeyPairSync('ed25519').publicKey)).toBe(false);
  });

  it('whose private half can be computed from its modulus is not', () => {
    for (const power of [0, 1, 2, 1000, 54_321]) {
      expect(isStrongRsaKey(keyOf(marked(power)))).toBe(false);
      expect(isStrongRsaKey(keyOf(marked(power) + 2n))).toBe(true);
    }
  });
});
