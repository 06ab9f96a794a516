import { Fields } from '../der/fields.ts';
import type { Asn1Node } from '../der/node.ts';
import { TAG } from '../der/tags.ts';
import { readOctets } from '../der/values.ts';
import { readBer } from '../der.ts';
import type { DerivationBudget } from './derivation-budget.ts';
import { type Closed, decryptWithPassword } from './password-cipher.ts';
import { asPkcs12Error } from './pkcs12-error.ts';

/**
 * Opens an EncryptedPrivateKeyInfo (RFC 5208 6): what stands in PEM as ENCRYPTED PRIVATE KEY. PKCS #8, DER, of which
 * nothing proves that the password fits. OpenSSL would do as many iterations as the file asks for.
 * @throws Pkcs12Error
 */
export async function openEncryptedKey(
  bytes: Uint8Array,
  password: string,
  budget: DerivationBudget,
): Promise<Buffer> {
  try {
    return await decryptWithPassword(readEncryptedKeyInfo(readBer(bytes)), password, budget);
  } catch (error) {
    throw asPkcs12Error(error);
  }
}

/** @throws Asn1Error */
export function readEncryptedKeyInfo(node: Asn1Node): Closed {
  const fields = new Fields(node, TAG.SEQUENCE);
  return {
    algorithm: fields.take(TAG.SEQUENCE),
    encrypted: readOctets(fields.take(TAG.OCTET_STRING)),
  };
}
