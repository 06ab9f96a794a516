import type { KeyObject } from 'node:crypto';
import { readPublicKey } from '../certificate/public-key.ts';
import { CmsError } from '../cms/cms-error.ts';
import { digestOfSignature, readPlainAlgorithm, verifyBytes } from '../cms/signature-algorithm.ts';
import { Fields, onlyChild } from '../der/fields.ts';
import type { Asn1Node } from '../der/node.ts';
import { OID } from '../der/oids.ts';
import { contextual, TAG } from '../der/tags.ts';
import { readText } from '../der/text.ts';
import { readBitOctets, readOid } from '../der/values.ts';
import { readBer } from '../der.ts';

export interface CertificationRequest {
  readonly publicKey: KeyObject;
  /** Null where the request carries none. */
  readonly challengePassword: string | null;
}

/**
 * Reads a PKCS #10 request (RFC 2986 4) and proves that its maker holds the key. Subject and requested extensions are
 * not looked at: the issuer decides them. The version is not insisted on: Macs have written 2 where the standard says 0.
 * @throws Asn1Error, CertificateError, CmsError
 */
export function readCertificationRequest(bytes: Buffer): CertificationRequest {
  const fields = new Fields(readBer(bytes), TAG.SEQUENCE);
  const info = fields.take(TAG.SEQUENCE);
  const algorithm = readPlainAlgorithm(fields.take(TAG.SEQUENCE));
  const signature = readBitOctets(fields.take(TAG.BIT_STRING));
  fields.end();

  const body = new Fields(info, TAG.SEQUENCE);
  body.take(TAG.INTEGER);
  body.take(TAG.SEQUENCE);
  const publicKey = readPublicKey(body.take(TAG.SEQUENCE));
  const attributes = body.takeIf(contextual(0));
  body.end();

  const digest = digestOfSignature(algorithm);
  if (!verifyBytes(info.raw, signature, { key: publicKey, algorithm, digest }))
    throw new CmsError('bad-signature');
  return { publicKey, challengePassword: challengePassword(attributes?.children ?? []) };
}

function challengePassword(attributes: readonly Asn1Node[]): string | null {
  const found: string[] = [];
  for (const node of attributes) {
    const fields = new Fields(node, TAG.SEQUENCE);
    if (readOid(fields.take(TAG.OID)) === OID.challengePassword)
      found.push(readText(onlyChild(fields.take(TAG.SET))));
  }
  if (found.length > 1) throw new CmsError('malformed');
  return found[0] ?? null;
}
