import { createPublicKey, type KeyObject } from 'node:crypto';
import { Fields } from '../der/fields.ts';
import type { Asn1Node } from '../der/node.ts';
import { OID } from '../der/oids.ts';
import { TAG } from '../der/tags.ts';
import { readBitOctets, readIntegerContent, readOid } from '../der/values.ts';
import { readBer } from '../der.ts';
import { CertificateError } from './certificate-error.ts';

const MIN_RSA_BITS = 1024;
const MAX_RSA_BITS = 8192;
const MAX_EXPONENT_OCTETS = 5;
// prime256v1, secp384r1, secp521r1 (RFC 5480 2.1.1.1).
const CURVES: ReadonlySet<string> = new Set(['1.2.840.10045.3.1.7', '1.3.132.0.34', '1.3.132.0.35']);

/**
 * The key of a SubjectPublicKeyInfo (RFC 5280 4.1.2.7): RSA of 1024 to 8192 bits, or EC on a named NIST curve. The
 * bounds keep a stranger's key from costing more than a millisecond.
 * @throws Asn1Error, CertificateError
 */
export function readPublicKey(spki: Asn1Node): KeyObject {
  const fields = new Fields(spki, TAG.SEQUENCE);
  const algorithm = new Fields(fields.take(TAG.SEQUENCE), TAG.SEQUENCE);
  const name = readOid(algorithm.take(TAG.OID));
  const key = readBitOctets(fields.take(TAG.BIT_STRING));
  fields.end();
  if (name === OID.rsaEncryption) checkRsa(key);
  else if (name === OID.ecPublicKey) checkCurve(algorithm.takeAny());
  else throw new CertificateError('unsupported-key');
  try {
    return createPublicKey({ key: spki.raw, format: 'der', type: 'spki' });
  } catch {
    throw new CertificateError('bad-key');
  }
}

function checkRsa(key: Buffer): void {
  const fields = new Fields(readBer(key), TAG.SEQUENCE);
  const modulus = fields.take(TAG.INTEGER);
  const exponent = readIntegerContent(fields.take(TAG.INTEGER));
  fields.end();
  const bits = bitLength(readIntegerContent(modulus));
  if (bits < MIN_RSA_BITS || bits > MAX_RSA_BITS) throw new CertificateError('unsupported-key');
  const odd = ((exponent.at(-1) ?? 0) & 1) === 1;
  const positive = (exponent[0] ?? 0) < 0x80;
  const one = exponent.length === 1 && exponent[0] === 1;
  if (!odd || !positive || one || exponent.length > MAX_EXPONENT_OCTETS)
    throw new CertificateError('bad-key');
}

function bitLength(integer: Buffer): number {
  const [first = 0] = integer;
  if (first >= 0x80) throw new CertificateError('bad-key');
  if (first === 0) return (integer.length - 1) * 8;
  return integer.length * 8 - (Math.clz32(first) - 24);
}

function checkCurve(parameters: Asn1Node): void {
  if (parameters.tag !== TAG.OID || !CURVES.has(readOid(parameters)))
    throw new CertificateError('unsupported-key');
}
