import { Fields } from '../der/fields.ts';
import type { Asn1Node } from '../der/node.ts';
import { OID } from '../der/oids.ts';
import { TAG } from '../der/tags.ts';
import { readBoolean, readOctets, readOid } from '../der/values.ts';
import { bitString, boolean, contextPrimitive, octetString, oid, sequence } from '../der/write.ts';
import { readBer } from '../der.ts';
import { CertificateError } from './certificate-error.ts';

/** Bits of keyUsage (RFC 5280 4.2.1.3) by number. */
const KEY_USAGE_BITS = {
  digitalSignature: 0,
  keyEncipherment: 2,
  dataEncipherment: 3,
  keyCertSign: 5,
  cRLSign: 6,
} as const;

export type KeyUsage = keyof typeof KEY_USAGE_BITS;

export interface Extensions {
  readonly subjectKeyIdentifier: Buffer | null;
  readonly extendedKeyUsage: readonly string[];
  readonly basicConstraintsCa: boolean;
}

/** The three extensions we act on, out of `Extensions` (RFC 5280 4.2); each extension at most once. */
export function readExtensions(node: Asn1Node | null): Extensions {
  const values = new Map<string, Asn1Node>();
  for (const child of node?.children ?? []) {
    const fields = new Fields(child, TAG.SEQUENCE);
    const name = readOid(fields.take(TAG.OID));
    fields.takeIf(TAG.BOOLEAN);
    const value = fields.take(TAG.OCTET_STRING);
    fields.end();
    if (values.has(name)) throw new CertificateError('malformed');
    values.set(name, value);
  }
  const read = (name: string): Asn1Node | null => {
    const value = values.get(name);
    return value === undefined ? null : readBer(readOctets(value));
  };
  const subjectKeyIdentifier = read(OID.subjectKeyIdentifier);
  return {
    subjectKeyIdentifier: subjectKeyIdentifier === null ? null : readOctets(subjectKeyIdentifier),
    extendedKeyUsage: read(OID.extendedKeyUsage)?.children.map(readOid) ?? [],
    basicConstraintsCa: isCa(read(OID.basicConstraints)),
  };
}

function isCa(node: Asn1Node | null): boolean {
  const flag = node === null ? null : new Fields(node, TAG.SEQUENCE).takeIf(TAG.BOOLEAN);
  return flag !== null && readBoolean(flag);
}

export function keyUsageExtension(usages: readonly KeyUsage[]): Buffer {
  const bits = usages.reduce((sum, usage) => sum | (0x80 >> KEY_USAGE_BITS[usage]), 0);
  // Named bits drop their trailing zeros (X.690 11.2.2).
  const unused = bits === 0 ? 0 : 31 - Math.clz32(bits & -bits);
  return extension(OID.keyUsage, true, bitString(Buffer.from(bits === 0 ? [] : [bits]), unused));
}

export function extendedKeyUsageExtension(purposes: readonly string[]): Buffer {
  return extension(OID.extendedKeyUsage, false, sequence(...purposes.map(oid)));
}

/** A CA of ours issues end certificates only, so its path length is 0. */
export function basicConstraintsExtension(ca: boolean): Buffer {
  const pathLength = Buffer.from([0x02, 0x01, 0x00]);
  return extension(OID.basicConstraints, true, ca ? sequence(boolean(true), pathLength) : sequence());
}

export function subjectKeyIdentifierExtension(identifier: Buffer): Buffer {
  return extension(OID.subjectKeyIdentifier, false, octetString(identifier));
}

export function authorityKeyIdentifierExtension(identifier: Buffer): Buffer {
  return extension(OID.authorityKeyIdentifier, false, sequence(contextPrimitive(0, identifier)));
}

function extension(name: string, critical: boolean, value: Buffer): Buffer {
  return sequence(oid(name), ...(critical ? [boolean(true)] : []), octetString(value));
}
