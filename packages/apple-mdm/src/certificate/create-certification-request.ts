import { type KeyObject, sign } from 'node:crypto';
import { OID } from '../der/oids.ts';
import { bitString, contextTag, integer, nullValue, oid, sequence, set, utf8String } from '../der/write.ts';

/** DER of a PKCS #10 request (RFC 2986 4) for an RSA key, signed with SHA-256. The subject is one CN. */
export function createCertificationRequest(input: {
  readonly commonName: string;
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}): Buffer {
  const info = sequence(
    integer(0),
    sequence(set(sequence(oid(OID.commonName), utf8String(input.commonName)))),
    input.publicKey.export({ format: 'der', type: 'spki' }),
    contextTag(0),
  );
  const algorithm = sequence(oid(OID.sha256WithRSAEncryption), nullValue());
  return sequence(info, algorithm, bitString(sign('sha256', info, input.privateKey)));
}
