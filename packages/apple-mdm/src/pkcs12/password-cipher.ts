import { createDecipheriv, pbkdf2 } from 'node:crypto';
import { promisify } from 'node:util';
import { decryptContent, keyLength, readCipher } from '../cms/content-cipher.ts';
import { Fields } from '../der/fields.ts';
import type { Asn1Node } from '../der/node.ts';
import { OID } from '../der/oids.ts';
import { TAG } from '../der/tags.ts';
import { readIntegerContent, readOctets, readOid } from '../der/values.ts';
import type { DerivationBudget } from './derivation-budget.ts';
import { type Derivation, deriveKey } from './derive-key.ts';
import { Pkcs12Error } from './pkcs12-error.ts';

const derivePbkdf2 = promisify(pbkdf2);

type Prf = { readonly digest: string /** Octets of its output. */; readonly length: number };
const PRF: ReadonlyMap<string, Prf> = new Map([
  [OID.hmacWithSha1, { digest: 'sha1', length: 20 }],
  [OID.hmacWithSha256, { digest: 'sha256', length: 32 }],
  [OID.hmacWithSha384, { digest: 'sha384', length: 48 }],
  [OID.hmacWithSha512, { digest: 'sha512', length: 64 }],
]);
const RC2: ReadonlySet<string> = new Set([OID.pbeWithSha1And128BitRc2Cbc, OID.pbeWithSha1And40BitRc2Cbc]);

/** Something that a password closes. */
export interface Closed {
  /** AlgorithmIdentifier. */
  readonly algorithm: Asn1Node;
  readonly encrypted: Buffer;
}

/**
 * Opens what a password closes: PBES2 with PBKDF2 (RFC 8018 6.2), or three-key 3DES in the old way of PKCS #12
 * (RFC 7292 C). What it costs is taken from the budget first.
 * @throws Asn1Error, CmsError, Pkcs12Error
 */
export async function decryptWithPassword(
  { algorithm, encrypted }: Closed,
  password: string,
  budget: DerivationBudget,
): Promise<Buffer> {
  const fields = new Fields(algorithm, TAG.SEQUENCE);
  const name = readOid(fields.take(TAG.OID));
  if (RC2.has(name)) throw new Pkcs12Error('rc2');
  if (name === OID.pbes2) return decryptPbes2(fields.take(TAG.SEQUENCE), encrypted, password, budget);
  if (name !== OID.pbeWithSha1And3KeyTripleDesCbc) throw new Pkcs12Error('unsupported-algorithm');
  const parameters = new Fields(fields.take(TAG.SEQUENCE), TAG.SEQUENCE);
  const salt = readOctets(parameters.take(TAG.OCTET_STRING));
  const iterations = readIterations(parameters.take(TAG.INTEGER));
  // 24 octets of key are two blocks of SHA-1, 8 of an initialization vector one.
  budget.spend(iterations, 3);
  const derive = (purpose: Derivation['purpose'], length: number): Promise<Buffer> =>
    deriveKey({ digest: 'sha1', password, salt, iterations, purpose, length });
  const [key, iv] = [await derive('key', 24), await derive('iv', 8)];
  return unlessWrong(() => {
    const engine = createDecipheriv('des-ede3-cbc', key, iv);
    return Buffer.concat([engine.update(encrypted), engine.final()]);
  });
}

async function decryptPbes2(
  node: Asn1Node,
  encrypted: Buffer,
  password: string,
  budget: DerivationBudget,
): Promise<Buffer> {
  const fields = new Fields(node, TAG.SEQUENCE);
  const derivation = new Fields(fields.take(TAG.SEQUENCE), TAG.SEQUENCE);
  const cipher = readCipher(fields.take(TAG.SEQUENCE));
  if (readOid(derivation.take(TAG.OID)) !== OID.pbkdf2) throw new Pkcs12Error('unsupported-algorithm');
  const parameters = new Fields(derivation.take(TAG.SEQUENCE), TAG.SEQUENCE);
  const salt = readOctets(parameters.take(TAG.OCTET_STRING));
  const iterations = readIterations(parameters.take(TAG.INTEGER));
  parameters.takeIf(TAG.INTEGER);
  const name = parameters.takeIf(TAG.SEQUENCE);
  const prf = PRF.get(
    name === null ? OID.hmacWithSha1 : readOid(new Fields(name, TAG.SEQUENCE).take(TAG.OID)),
  );
  if (prf === undefined) throw new Pkcs12Error('unsupported-algorithm');
  const length = keyLength(cipher.cipher);
  budget.spend(iterations, Math.ceil(length / prf.length));
  const key = await derivePbkdf2(password, salt, iterations, length, prf.digest);
  return unlessWrong(() => decryptContent(encrypted, cipher, key));
}

/** Of four octets at most; whether it is too many is for the budget. @throws Pkcs12Error `malformed` below 1 */
export function readIterations(node: Asn1Node): number {
  const octets = readIntegerContent(node);
  const count = octets.length <= 4 ? octets.readIntBE(0, octets.length) : 0;
  if (count < 1) throw new Pkcs12Error('malformed');
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
