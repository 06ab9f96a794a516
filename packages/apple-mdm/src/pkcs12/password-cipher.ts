import { createDecipheriv, pbkdf2Sync } from 'node:crypto';
import { decryptContent, keyLength, readCipher } from '../cms/content-cipher.ts';
import { Fields } from '../der/fields.ts';
import type { Asn1Node } from '../der/node.ts';
import { OID } from '../der/oids.ts';
import { TAG } from '../der/tags.ts';
import { readIntegerContent, readOctets, readOid } from '../der/values.ts';
import { type Derivation, deriveKey } from './derive-key.ts';
import { Pkcs12Error } from './pkcs12-error.ts';

/** A file of our own administrator, and still not one that keeps a processor busy for minutes. */
const MAX_ITERATIONS = 1_000_000;

const PRF: ReadonlyMap<string, string> = new Map([
  [OID.hmacWithSha1, 'sha1'],
  [OID.hmacWithSha256, 'sha256'],
  [OID.hmacWithSha384, 'sha384'],
  [OID.hmacWithSha512, 'sha512'],
]);
const RC2: ReadonlySet<string> = new Set([OID.pbeWithSha1And128BitRc2Cbc, OID.pbeWithSha1And40BitRc2Cbc]);

/**
 * Opens what a password closes, by its AlgorithmIdentifier: PBES2 with PBKDF2 (RFC 8018 6.2), or three-key 3DES in the
 * old way of PKCS #12 (RFC 7292 C).
 * @throws Asn1Error, CmsError, Pkcs12Error
 */
export function decryptWithPassword(algorithm: Asn1Node, encrypted: Buffer, password: string): Buffer {
  const fields = new Fields(algorithm, TAG.SEQUENCE);
  const name = readOid(fields.take(TAG.OID));
  if (RC2.has(name)) throw new Pkcs12Error('rc2');
  if (name === OID.pbes2) return decryptPbes2(fields.take(TAG.SEQUENCE), encrypted, password);
  if (name !== OID.pbeWithSha1And3KeyTripleDesCbc) throw new Pkcs12Error('unsupported-algorithm');
  const parameters = new Fields(fields.take(TAG.SEQUENCE), TAG.SEQUENCE);
  const salt = readOctets(parameters.take(TAG.OCTET_STRING));
  const iterations = readIterations(parameters.take(TAG.INTEGER));
  const derive = (purpose: Derivation['purpose'], length: number): Buffer =>
    deriveKey({ digest: 'sha1', password, salt, iterations, purpose, length });
  return unlessWrong(() => {
    const engine = createDecipheriv('des-ede3-cbc', derive('key', 24), derive('iv', 8));
    return Buffer.concat([engine.update(encrypted), engine.final()]);
  });
}

function decryptPbes2(node: Asn1Node, encrypted: Buffer, password: string): Buffer {
  const fields = new Fields(node, TAG.SEQUENCE);
  const derivation = new Fields(fields.take(TAG.SEQUENCE), TAG.SEQUENCE);
  const cipher = readCipher(fields.take(TAG.SEQUENCE));
  if (readOid(derivation.take(TAG.OID)) !== OID.pbkdf2) throw new Pkcs12Error('unsupported-algorithm');
  const parameters = new Fields(derivation.take(TAG.SEQUENCE), TAG.SEQUENCE);
  const salt = readOctets(parameters.take(TAG.OCTET_STRING));
  const iterations = readIterations(parameters.take(TAG.INTEGER));
  parameters.takeIf(TAG.INTEGER);
  const prf = parameters.takeIf(TAG.SEQUENCE);
  const digest = PRF.get(
    prf === null ? OID.hmacWithSha1 : readOid(new Fields(prf, TAG.SEQUENCE).take(TAG.OID)),
  );
  if (digest === undefined) throw new Pkcs12Error('unsupported-algorithm');
  return unlessWrong(() => {
    const key = pbkdf2Sync(password, salt, iterations, keyLength(cipher.cipher), digest);
    return decryptContent(encrypted, cipher, key);
  });
}

/** @throws Pkcs12Error `malformed` outside 1 to a million */
export function readIterations(node: Asn1Node): number {
  const octets = readIntegerContent(node);
  const count = octets.length <= 4 ? octets.readIntBE(0, octets.length) : 0;
  if (count < 1 || count > MAX_ITERATIONS) throw new Pkcs12Error('malformed');
  return count;
}

/** Padding that does not come out right is a password that does not fit. */
function unlessWrong(decrypt: () => Buffer): Buffer {
  try {
    return decrypt();
  } catch {
    throw new Pkcs12Error('wrong-password');
  }
}
