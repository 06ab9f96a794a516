import type { KeyObject } from 'node:crypto';
import { isGuessableModulus } from './guessable-modulus.ts';

const MIN_BITS = 2048;
const MIN_EXPONENT = 65_537n;

/** RSA of at least 2048 bits with an exponent of at least 65537 (NIST SP 800-56B 6.2), and no key that others know. */
export function isStrongRsaKey(key: KeyObject): boolean {
  if (key.asymmetricKeyType !== 'rsa') return false;
  const { modulusLength = 0, publicExponent = 0n } = key.asymmetricKeyDetails ?? {};
  if (modulusLength < MIN_BITS || publicExponent < MIN_EXPONENT) return false;
  const modulus = Buffer.from(key.export({ format: 'jwk' }).n ?? '', 'base64url').toString('hex');
  return modulus !== '' && !isGuessableModulus(BigInt(`0x${modulus}`));
}
