import { createHmac } from 'node:crypto';
import { OID } from '../der/oids.ts';
import { contextTag, integer, nullValue, octetString, oid, sequence } from '../der/write.ts';
import { deriveKey } from './derive-key.ts';

const data = (content: Buffer): Buffer => sequence(oid(OID.data), contextTag(0, octetString(content)));

/** A PKCS #12 file of these safes, each with these bags. Its MAC is sound where it says one iteration. */
export async function makePfx(
  safes: readonly (readonly Buffer[])[],
  password: string,
  macIterations = 1,
): Promise<Buffer> {
  const authenticated = sequence(...safes.map((bags) => data(sequence(...bags))));
  const salt = Buffer.alloc(8, 7);
  const derivation = { digest: 'sha256', purpose: 'mac', length: 32 } as const;
  const key = await deriveKey({ ...derivation, password, salt, iterations: 1 });
  const mac = createHmac('sha256', key).update(authenticated).digest();
  const digestInfo = sequence(sequence(oid(OID.sha256), nullValue()), octetString(mac));
  return sequence(
    integer(3),
    data(authenticated),
    sequence(digestInfo, octetString(salt), integer(countOctets(macIterations))),
  );
}

/** A bag with an EncryptedPrivateKeyInfo. */
export function shroudedKeyBag(encryptedKey: Buffer): Buffer {
  return sequence(oid(OID.shroudedKeyBag), contextTag(0, encryptedKey));
}

/** An EncryptedPrivateKeyInfo that asks for this many iterations of PBKDF2, and opens to nothing. */
export function askingFor(iterations: number, kdf: string = OID.pbkdf2): Buffer {
  const parameters = sequence(octetString(Buffer.alloc(8, 1)), integer(countOctets(iterations)));
  const cipher = sequence(oid(OID.aes256Cbc), octetString(Buffer.alloc(16, 2)));
  return sequence(
    sequence(oid(OID.pbes2), sequence(sequence(oid(kdf), parameters), cipher)),
    octetString(Buffer.alloc(64, 3)),
  );
}

/** The same in the old way of PKCS #12. */
export function askingForOld(iterations: number): Buffer {
  const parameters = sequence(octetString(Buffer.alloc(8, 1)), integer(countOctets(iterations)));
  return sequence(
    sequence(oid(OID.pbeWithSha1And3KeyTripleDesCbc), parameters),
    octetString(Buffer.alloc(64, 3)),
  );
}

function countOctets(count: number): Buffer {
  const octets = Buffer.alloc(4);
  octets.writeUInt32BE(count);
  return octets;
}
