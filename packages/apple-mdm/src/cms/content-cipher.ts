import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { Fields } from '../der/fields.ts';
import type { Asn1Node } from '../der/node.ts';
import { OID } from '../der/oids.ts';
import { TAG } from '../der/tags.ts';
import { readOctets, readOid } from '../der/values.ts';
import { octetString, oid, sequence } from '../der/write.ts';
import { CmsError } from './cms-error.ts';

export type ContentCipher = 'des-cbc' | 'des-ede3-cbc' | 'aes-128-cbc' | 'aes-192-cbc' | 'aes-256-cbc';

interface CipherShape {
  readonly oid: string;
  readonly keyLength: number;
  readonly blockLength: number;
}

const CIPHERS: Readonly<Record<ContentCipher, CipherShape>> = {
  'des-cbc': { oid: OID.desCbc, keyLength: 8, blockLength: 8 },
  'des-ede3-cbc': { oid: OID.desEde3Cbc, keyLength: 24, blockLength: 8 },
  'aes-128-cbc': { oid: OID.aes128Cbc, keyLength: 16, blockLength: 16 },
  'aes-192-cbc': { oid: OID.aes192Cbc, keyLength: 24, blockLength: 16 },
  'aes-256-cbc': { oid: OID.aes256Cbc, keyLength: 32, blockLength: 16 },
};

const BY_OID: ReadonlyMap<string, ContentCipher> = new Map([
  [OID.desCbc, 'des-cbc'],
  [OID.desEde3Cbc, 'des-ede3-cbc'],
  [OID.aes128Cbc, 'aes-128-cbc'],
  [OID.aes192Cbc, 'aes-192-cbc'],
  [OID.aes256Cbc, 'aes-256-cbc'],
]);

export interface CipherParameters {
  readonly cipher: ContentCipher;
  readonly iv: Buffer;
}

/** Octets of the cipher's key. */
export function keyLength(cipher: ContentCipher): number {
  return CIPHERS[cipher].keyLength;
}

/** ContentEncryptionAlgorithmIdentifier: a CBC cipher with its initialization vector (RFC 3370 5.1, RFC 3565 4.1). */
export function readCipher(node: Asn1Node): CipherParameters {
  const fields = new Fields(node, TAG.SEQUENCE);
  const cipher = BY_OID.get(readOid(fields.take(TAG.OID)));
  if (cipher === undefined) throw new CmsError('unsupported-algorithm');
  const iv = readOctets(fields.takeAny());
  fields.end();
  if (iv.length !== CIPHERS[cipher].blockLength) throw new CmsError('malformed');
  return { cipher, iv };
}

export function cipherIdentifier({ cipher, iv }: CipherParameters): Buffer {
  return sequence(oid(CIPHERS[cipher].oid), octetString(iv));
}

export function encryptContent(
  content: Buffer,
  cipher: ContentCipher,
  key: Buffer,
): CipherParameters & { readonly encrypted: Buffer } {
  const iv = randomBytes(CIPHERS[cipher].blockLength);
  const engine = createCipheriv(engineName(cipher), engineKey(cipher, key), iv);
  return { cipher, iv, encrypted: Buffer.concat([engine.update(content), engine.final()]) };
}

/** Throws whatever node:crypto throws where the padding is wrong: the caller must not let that be seen. */
export function decryptContent(encrypted: Buffer, { cipher, iv }: CipherParameters, key: Buffer): Buffer {
  const engine = createDecipheriv(engineName(cipher), engineKey(cipher, key), iv);
  return Buffer.concat([engine.update(encrypted), engine.final()]);
}

// OpenSSL 3 keeps single DES in a provider that Node does not load; EDE with three equal keys is the same function.
function engineName(cipher: ContentCipher): string {
  return cipher === 'des-cbc' ? 'des-ede3-cbc' : cipher;
}

function engineKey(cipher: ContentCipher, key: Buffer): Buffer {
  return cipher === 'des-cbc' ? Buffer.concat([key, key, key]) : key;
}
