import { createHmac, timingSafeEqual } from 'node:crypto';
import { Fields, onlyChild } from './der/fields.ts';
import type { Asn1Node } from './der/node.ts';
import { OID } from './der/oids.ts';
import { contextual, TAG } from './der/tags.ts';
import { readOctets, readOid, readSmallInteger } from './der/values.ts';
import { readBer } from './der.ts';
import { DerivationBudget } from './pkcs12/derivation-budget.ts';
import { deriveKey, type Pkcs12Digest } from './pkcs12/derive-key.ts';
import { readEncryptedKeyInfo } from './pkcs12/encrypted-key.ts';
import { decryptWithPassword, readIterations } from './pkcs12/password-cipher.ts';
import { asPkcs12Error, Pkcs12Error } from './pkcs12/pkcs12-error.ts';

/** What a PKCS #12 file holds, in its order. */
export interface Pkcs12 {
  /** PKCS #8, DER, unencrypted. */
  readonly privateKeys: readonly Buffer[];
  /** X.509, DER, not looked into. */
  readonly certificates: readonly Buffer[];
}

const DIGESTS: ReadonlyMap<string, Pkcs12Digest> = new Map([
  [OID.sha1, 'sha1'],
  [OID.sha256, 'sha256'],
  [OID.sha384, 'sha384'],
  [OID.sha512, 'sha512'],
]);
const MAC_LENGTH: Readonly<Record<Pkcs12Digest, number>> = { sha1: 20, sha256: 32, sha384: 48, sha512: 64 };

/** A file of our own administrator, and still not one that keeps a processor busy for minutes. */
const LIMITS = { iterations: 1_000_000, rounds: 5_000_000 };
/** Of safes, and of bags in all of them. */
const MAX_PARTS = 20;

/**
 * Opens a PKCS #12 file (RFC 7292 4), BER or DER, whose integrity its password proves. Certificates may be of any
 * cipher but RC2; files without a MAC or with a public-key signature are not taken, nor those of more than 20 bags,
 * a million iterations anywhere or five million rounds of hashing in all.
 * @throws Pkcs12Error
 */
export async function readPkcs12(bytes: Uint8Array, password: string): Promise<Pkcs12> {
  try {
    return await readPfx(readBer(bytes), password);
  } catch (error) {
    throw asPkcs12Error(error);
  }
}

async function readPfx(node: Asn1Node, password: string): Promise<Pkcs12> {
  const fields = new Fields(node, TAG.SEQUENCE);
  if (readSmallInteger(fields.take(TAG.INTEGER)) !== 3) throw new Pkcs12Error('malformed');
  const [type, content] = readContentInfo(fields.take(TAG.SEQUENCE));
  const mac = fields.takeIf(TAG.SEQUENCE);
  fields.end();
  if (type !== OID.data || mac === null) throw new Pkcs12Error('unsupported-algorithm');
  const authenticated = readOctets(content);
  const budget = new DerivationBudget(LIMITS);
  await checkMac(mac, authenticated, password, budget);
  const found: Found = { privateKeys: [], certificates: [] };
  let bags = 0;
  for (const safe of parts(readBer(authenticated))) {
    for (const bag of parts(readBer(await openSafe(safe, password, budget)))) {
      bags += 1;
      if (bags > MAX_PARTS) throw new Pkcs12Error('malformed');
      await readBag(bag, password, budget, found);
    }
  }
  return found;
}

type Found = { readonly privateKeys: Buffer[]; readonly certificates: Buffer[] };

async function checkMac(
  node: Asn1Node,
  authenticated: Buffer,
  password: string,
  budget: DerivationBudget,
): Promise<void> {
  const fields = new Fields(node, TAG.SEQUENCE);
  const digestInfo = new Fields(fields.take(TAG.SEQUENCE), TAG.SEQUENCE);
  const salt = readOctets(fields.take(TAG.OCTET_STRING));
  const count = fields.takeIf(TAG.INTEGER);
  const iterations = count === null ? 1 : readIterations(count);
  const digest = DIGESTS.get(readOid(new Fields(digestInfo.take(TAG.SEQUENCE), TAG.SEQUENCE).take(TAG.OID)));
  if (digest === undefined) throw new Pkcs12Error('unsupported-algorithm');
  const expected = readOctets(digestInfo.take(TAG.OCTET_STRING));
  const length = MAC_LENGTH[digest];
  budget.spend(iterations, 1);
  const key = await deriveKey({ digest, password, salt, iterations, purpose: 'mac', length });
  const mac = createHmac(digest, key).update(authenticated).digest();
  if (expected.length !== length || !timingSafeEqual(mac, expected)) throw new Pkcs12Error('wrong-password');
}

/** SafeContents of one ContentInfo: as they are, or closed by the password. */
async function openSafe(node: Asn1Node, password: string, budget: DerivationBudget): Promise<Buffer> {
  const [type, content] = readContentInfo(node);
  if (type === OID.data) return readOctets(content);
  if (type !== OID.encryptedData) throw new Pkcs12Error('unsupported-algorithm');
  const fields = new Fields(content, TAG.SEQUENCE);
  fields.take(TAG.INTEGER);
  const encrypted = new Fields(fields.take(TAG.SEQUENCE), TAG.SEQUENCE);
  encrypted.take(TAG.OID);
  const algorithm = encrypted.take(TAG.SEQUENCE);
  const closed = { algorithm, encrypted: readOctets(encrypted.take(contextual(0)), contextual(0)) };
  return decryptWithPassword(closed, password, budget);
}

async function readBag(
  node: Asn1Node,
  password: string,
  budget: DerivationBudget,
  found: Found,
): Promise<void> {
  const fields = new Fields(node, TAG.SEQUENCE);
  const type = readOid(fields.take(TAG.OID));
  const value = onlyChild(fields.take(contextual(0)));
  if (type === OID.keyBag) found.privateKeys.push(value.raw);
  if (type === OID.shroudedKeyBag) {
    found.privateKeys.push(await decryptWithPassword(readEncryptedKeyInfo(value), password, budget));
  }
  if (type === OID.certBag) {
    const certificate = new Fields(value, TAG.SEQUENCE);
    if (readOid(certificate.take(TAG.OID)) !== OID.x509Certificate) return;
    found.certificates.push(readOctets(onlyChild(certificate.take(contextual(0)))));
  }
}

function readContentInfo(node: Asn1Node): readonly [type: string, content: Asn1Node] {
  const fields = new Fields(node, TAG.SEQUENCE);
  return [readOid(fields.take(TAG.OID)), onlyChild(fields.take(contextual(0)))];
}

function parts(node: Asn1Node): readonly Asn1Node[] {
  if (node.tag !== TAG.SEQUENCE || node.children.length > MAX_PARTS) throw new Pkcs12Error('malformed');
  return node.children;
}
