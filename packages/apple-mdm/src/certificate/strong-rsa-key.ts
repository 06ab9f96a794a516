import type { KeyObject } from 'node:crypto';

const MIN_BITS = 2048;
const MIN_EXPONENT = 65_537n;

/** RSA of at least 2048 bits with an exponent of at least 65537 (NIST SP 800-56B 6.2). */
export function isStrongRsaKey(key: KeyObject): boolean {
  if (key.asymmetricKeyType !== 'rsa') return false;
  const { modulusLength = 0, publicExponent = 0n } = key.asymmetricKeyDetails ?? {};
  return modulusLength >= MIN_BITS && publicExponent >= MIN_EXPONENT;
}
