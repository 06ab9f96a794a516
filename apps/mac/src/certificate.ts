import { createHash, createPublicKey, type KeyObject, sign } from 'node:crypto';
import { child, children, type Element, expectTag, octets, oidText, readElement } from './asn1/ber-reader.ts';
import {
  algorithm,
  bitString,
  integer,
  objectIdentifier,
  printableString,
  sequence,
  setOf,
  tagged,
  time,
  utf8String,
} from './asn1/der-writer.ts';
import { OID } from './asn1/oids.ts';

/** The parts of an X.509 certificate that CMS and SCEP name (RFC 5280 4.1). */
export type Certificate = {
  readonly raw: Buffer;
  /** Name and serial number as they stand in the certificate, headers included. */
  readonly issuer: Buffer;
  readonly serialNumber: Buffer;
  readonly commonName: string;
  /** SubjectPublicKeyInfo, DER. */
  readonly publicKeyInfo: Buffer;
  readonly subjectKeyIdentifier: Buffer;
};

/** Throws BerError when the bytes are no certificate. */
export function readCertificate(der: Buffer): Certificate {
  const whole = readElement(der);
  const fields = children(child(whole, 0, 0x30));
  const first = fields[0]?.tag === 0xa0 ? 1 : 0;
  const publicKeyInfo = expectTag(fields[first + 5], 0x30);
  return {
    raw: whole.raw,
    serialNumber: expectTag(fields[first], 0x02).raw,
    issuer: expectTag(fields[first + 2], 0x30).raw,
    commonName: commonNameOf(expectTag(fields[first + 4], 0x30)),
    publicKeyInfo: publicKeyInfo.raw,
    subjectKeyIdentifier: keyIdentifier(fields) ?? hashOfKey(publicKeyInfo),
  };
}

export function publicKeyOf(certificate: Certificate): KeyObject {
  return createPublicKey({ key: certificate.publicKeyInfo, format: 'der', type: 'spki' });
}

function commonNameOf(name: Element): string {
  for (const set of children(name)) {
    const pair = child(set, 0, 0x30);
    if (oidText(child(pair, 0)) === OID.commonName) return child(pair, 1).content.toString('utf8');
  }
  return '';
}

function keyIdentifier(fields: readonly Element[]): Buffer | null {
  const extensions = fields.find((field) => field.tag === 0xa3);
  if (extensions === undefined) return null;
  for (const extension of children(child(extensions, 0, 0x30))) {
    if (oidText(child(extension, 0)) !== OID.subjectKeyIdentifier) continue;
    return octets(readElement(octets(expectTag(children(extension).at(-1), 0x04))));
  }
  return null;
}

/** RFC 5280 4.2.1.2, method 1: SHA-1 of the BIT STRING without its unused-bits octet. */
function hashOfKey(publicKeyInfo: Element): Buffer {
  return createHash('sha1')
    .update(child(publicKeyInfo, 1, 0x03).content.subarray(1))
    .digest();
}

/** A Name of one-attribute RDNs; values that PrintableString cannot hold become UTF8String. */
export function distinguishedName(pairs: readonly (readonly [oid: string, value: string])[]): Buffer {
  return sequence(
    ...pairs.map(([oid, value]) => setOf(sequence(objectIdentifier(oid), directoryString(value)))),
  );
}

export function directoryString(value: string): Buffer {
  return /^[A-Za-z0-9 '()+,\-./:=?]*$/u.test(value) ? printableString(value) : utf8String(value);
}

export type SelfSigned = {
  readonly name: Buffer;
  readonly publicKeyInfo: Buffer;
  readonly privateKey: KeyObject;
  readonly serialNumber: Buffer;
  readonly notBefore: Date;
  readonly notAfter: Date;
};

/** A version 3 certificate that signs itself, with digitalSignature only. */
export function selfSignedCertificate(made: SelfSigned): Buffer {
  const signatureAlgorithm = algorithm(OID.sha256WithRsaEncryption);
  const toSign = sequence(
    tagged(0, integer(2)),
    integer(made.serialNumber),
    signatureAlgorithm,
    made.name,
    sequence(time(made.notBefore), time(made.notAfter)),
    made.name,
    made.publicKeyInfo,
    tagged(3, sequence(keyUsageExtension(1))),
  );
  return sequence(toSign, signatureAlgorithm, bitString(sign('sha256', toSign, made.privateKey)));
}

/** `usage`: Apple's mask in the SCEP payload, 1 signing and 4 encryption; none at all means signing. */
export function keyUsageExtension(usage: number): Buffer {
  const signing = usage === 0 || (usage & 1) !== 0 ? 0x80 : 0;
  const encryption = (usage & 4) === 0 ? 0 : 0x20;
  const bits = signing | encryption;
  const value = bitString(Buffer.from([bits]), encryption === 0 ? 7 : 5);
  return sequence(objectIdentifier(OID.keyUsage), Buffer.from([0x01, 0x01, 0xff]), octet(value));
}

function octet(value: Buffer): Buffer {
  return Buffer.concat([Buffer.from([0x04, value.length]), value]);
}
