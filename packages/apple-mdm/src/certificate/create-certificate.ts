import { createHash, createPublicKey, type KeyObject, randomBytes, sign } from 'node:crypto';
import type { Certificate } from '../certificate.ts';
import { Fields } from '../der/fields.ts';
import { OID } from '../der/oids.ts';
import { TAG } from '../der/tags.ts';
import { validityTime } from '../der/time.ts';
import { readBitOctets } from '../der/values.ts';
import { bitString, contextTag, integer, nullValue, oid, sequence, set, utf8String } from '../der/write.ts';
import { readBer } from '../der.ts';
import {
  authorityKeyIdentifierExtension,
  basicConstraintsExtension,
  extendedKeyUsageExtension,
  type KeyUsage,
  keyUsageExtension,
  subjectKeyIdentifierExtension,
} from './extensions.ts';

const SHA256_WITH_RSA = sequence(oid(OID.sha256WithRSAEncryption), nullValue());

export interface CertificateIssuer {
  readonly certificate: Certificate;
  /** RSA. */
  readonly privateKey: KeyObject;
}

export type NewCertificate = CertificateFields &
  (
    | { readonly issuer: CertificateIssuer }
    | { /** The subject's own: self-signed. */ readonly privateKey: KeyObject }
  );

export interface CertificateFields {
  /** Text of the one RDN, CN. */
  readonly subject: string;
  readonly publicKey: KeyObject;
  /** Unsigned octets; 16 random ones where left out. */
  readonly serialNumber?: Buffer;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly keyUsage: readonly KeyUsage[];
  /** Dotted object identifiers. */
  readonly extendedKeyUsage?: readonly string[];
  readonly ca?: boolean;
}

/** DER of an X.509 v3 certificate signed with SHA-256 and RSA (RFC 5280 4.1). */
export function createCertificate(input: NewCertificate): Buffer {
  const subject = commonName(input.subject);
  const issuer = 'issuer' in input ? input.issuer.certificate.subject : subject;
  const signingKey = 'issuer' in input ? input.issuer.privateKey : input.privateKey;
  const spki = publicKeyInfo(input.publicKey);
  const tbs = sequence(
    contextTag(0, integer(2)),
    integer(input.serialNumber ?? randomSerialNumber()),
    SHA256_WITH_RSA,
    issuer,
    sequence(validityTime(input.notBefore), validityTime(input.notAfter)),
    subject,
    spki,
    contextTag(3, sequence(...extensions(input, keyIdentifier(spki), authorityIdentifier(input)))),
  );
  return sequence(tbs, SHA256_WITH_RSA, bitString(sign('sha256', tbs, signingKey)));
}

function extensions(input: CertificateFields, subject: Buffer, authority: Buffer): readonly Buffer[] {
  const purposes = input.extendedKeyUsage ?? [];
  return [
    basicConstraintsExtension(input.ca ?? false),
    keyUsageExtension(input.keyUsage),
    ...(purposes.length === 0 ? [] : [extendedKeyUsageExtension(purposes)]),
    subjectKeyIdentifierExtension(subject),
    authorityKeyIdentifierExtension(authority),
  ];
}

function authorityIdentifier(input: NewCertificate): Buffer {
  if ('issuer' in input) {
    const { subjectKeyIdentifier, publicKey } = input.issuer.certificate;
    return subjectKeyIdentifier ?? keyIdentifier(publicKeyInfo(publicKey));
  }
  return keyIdentifier(publicKeyInfo(createPublicKey(input.privateKey)));
}

/** SHA-1 of the key's octets (RFC 5280 4.2.1.2, method 1): a name for a key, not a protection. */
function keyIdentifier(spki: Buffer): Buffer {
  const fields = new Fields(readBer(spki), TAG.SEQUENCE);
  fields.take(TAG.SEQUENCE);
  return createHash('sha1')
    .update(readBitOctets(fields.take(TAG.BIT_STRING)))
    .digest();
}

function publicKeyInfo(key: KeyObject): Buffer {
  return key.export({ format: 'der', type: 'spki' });
}

function commonName(text: string): Buffer {
  return sequence(set(sequence(oid(OID.commonName), utf8String(text))));
}

/** 126 random bits, positive, always of 16 octets. */
function randomSerialNumber(): Buffer {
  const serial = randomBytes(16);
  serial[0] = ((serial[0] ?? 0) & 0x3f) | 0x40;
  return serial;
}
