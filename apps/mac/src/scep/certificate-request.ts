import { createHash, sign } from 'node:crypto';
import { child, readElement } from '../asn1/ber-reader.ts';
import {
  algorithm,
  bitString,
  element,
  integer,
  objectIdentifier,
  sequence,
  setOf,
} from '../asn1/der-writer.ts';
import { OID } from '../asn1/oids.ts';
import { directoryString, distinguishedName, keyUsageExtension } from '../certificate.ts';
import type { KeyPair } from '../surroundings.ts';
import type { ScepPayload } from './scep-payload.ts';

/** PKCS#10 (RFC 2986) with challengePassword and keyUsage; `version` 2 is what Macs of 2016 wrote. */
export function certificateRequest(payload: ScepPayload, keys: KeyPair, version: 0 | 2): Buffer {
  const attributes = [
    attribute(OID.extensionRequest, sequence(keyUsageExtension(payload.keyUsage))),
    ...(payload.challenge === null
      ? []
      : [attribute(OID.challengePassword, directoryString(payload.challenge))]),
  ];
  const sorted = setOf(...attributes);
  sorted[0] = 0xa0;
  const toSign = sequence(
    integer(version),
    distinguishedName(payload.subject),
    keys.publicKey.export({ format: 'der', type: 'spki' }),
    sorted,
  );
  const signature = sign('sha256', toSign, keys.privateKey);
  return sequence(toSign, algorithm(OID.sha256WithRsaEncryption), bitString(signature));
}

function attribute(oid: string, value: Buffer): Buffer {
  return sequence(objectIdentifier(oid), element(0x31, value));
}

/** Apple's transactionID: upper-case hex SHA-1 of the request key's RSAPublicKey (PKCS#1). */
export function transactionId(keys: KeyPair): string {
  const publicKeyInfo = readElement(keys.publicKey.export({ format: 'der', type: 'spki' }));
  const rsaPublicKey = child(publicKeyInfo, 1, 0x03).content.subarray(1);
  return createHash('sha1').update(rsaPublicKey).digest('hex').toUpperCase();
}
