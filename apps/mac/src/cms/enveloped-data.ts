import {
  constants,
  createCipheriv,
  createDecipheriv,
  type KeyObject,
  privateDecrypt,
  publicEncrypt,
  randomBytes,
} from 'node:crypto';
import { BerError, child, children, expectTag, octets, oidText, readElement } from '../asn1/ber-reader.ts';
import {
  algorithm,
  element,
  indefinite,
  integer,
  objectIdentifier,
  octetString,
  sequence,
  tagged,
  taggedPrimitive,
} from '../asn1/der-writer.ts';
import { OID } from '../asn1/oids.ts';
import { type Certificate, publicKeyOf } from '../certificate.ts';

export type ContentCipher = 'des-ede3-cbc' | 'aes-128-cbc' | 'aes-256-cbc';

/** How an EnvelopedData is written (RFC 5652 6). */
export type EnvelopeShape = {
  readonly encoding: 'ber' | 'der';
  readonly cipher: ContentCipher;
  readonly recipient: 'issuer-and-serial-number' | 'subject-key-identifier';
};

/** What Apple's encoder writes for an RSA recipient: Apple's published RotateFileVaultKey answer. */
export const APPLE_ENVELOPE: EnvelopeShape = {
  encoding: 'ber',
  cipher: 'des-ede3-cbc',
  recipient: 'issuer-and-serial-number',
};

const CIPHERS = {
  'des-ede3-cbc': { oid: OID.desEde3Cbc, keyBytes: 24, blockBytes: 8 },
  'aes-128-cbc': { oid: OID.aes128Cbc, keyBytes: 16, blockBytes: 16 },
  'aes-256-cbc': { oid: OID.aes256Cbc, keyBytes: 32, blockBytes: 16 },
} as const;

/** Encrypts to one certificate, RSAES-PKCS1-v1_5; the answer is a ContentInfo. */
export function envelop(plaintext: Uint8Array, recipient: Certificate, shape: EnvelopeShape): Buffer {
  const { oid, keyBytes, blockBytes } = CIPHERS[shape.cipher];
  const contentKey = randomBytes(keyBytes);
  const iv = randomBytes(blockBytes);
  const cipher = createCipheriv(shape.cipher, contentKey, iv);
  const encrypted = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  const recipients = element(0x31, recipientInfo(recipient, contentKey, shape));
  const version = integer(shape.recipient === 'issuer-and-serial-number' ? 0 : 2);
  const head = [objectIdentifier(OID.data), algorithm(oid, octetString(iv))];
  if (shape.encoding === 'der') {
    const content = sequence(...head, taggedPrimitive(0, encrypted));
    return sequence(objectIdentifier(OID.envelopedData), tagged(0, sequence(version, recipients, content)));
  }
  // Apple's encoder flushes the padded last block as a piece of its own: 24 + 8 octets for a key.
  const cut = encrypted.length - blockBytes;
  const pieces = [encrypted.subarray(0, cut), encrypted.subarray(cut)].filter((piece) => piece.length > 0);
  const content = indefinite(0x30, ...head, indefinite(0xa0, ...pieces.map((piece) => octetString(piece))));
  return indefinite(
    0x30,
    objectIdentifier(OID.envelopedData),
    indefinite(0xa0, indefinite(0x30, version, recipients, content)),
  );
}

function recipientInfo(recipient: Certificate, contentKey: Buffer, shape: EnvelopeShape): Buffer {
  const byIssuer = shape.recipient === 'issuer-and-serial-number';
  const encryptedKey = publicEncrypt(
    { key: publicKeyOf(recipient), padding: constants.RSA_PKCS1_PADDING },
    contentKey,
  );
  return sequence(
    integer(byIssuer ? 0 : 2),
    byIssuer
      ? sequence(recipient.issuer, recipient.serialNumber)
      : taggedPrimitive(0, recipient.subjectKeyIdentifier),
    algorithm(OID.rsaEncryption),
    octetString(encryptedKey),
  );
}

/** Opens an envelope with one recipient. Throws when it is not for this key or of another make. */
export function openEnvelope(bytes: Buffer, privateKey: KeyObject): Buffer {
  const contentInfo = readElement(bytes);
  if (oidText(child(contentInfo, 0)) !== OID.envelopedData) throw new BerError('no EnvelopedData');
  const enveloped = child(child(contentInfo, 1, 0xa0), 0, 0x30);
  const recipient = child(child(enveloped, 1, 0x31), 0, 0x30);
  const encrypted = child(enveloped, 2, 0x30);
  const [cipherOid, parameters] = children(child(encrypted, 1, 0x30));
  const wanted = oidText(expectTag(cipherOid, 0x06));
  const cipher = (['des-ede3-cbc', 'aes-128-cbc', 'aes-256-cbc'] as const).find(
    (name) => CIPHERS[name].oid === wanted,
  );
  if (cipher === undefined) throw new BerError('unknown content cipher');
  const contentKey = privateDecrypt(
    { key: privateKey, padding: constants.RSA_PKCS1_PADDING },
    octets(child(recipient, 3, 0x04)),
  );
  const decipher = createDecipheriv(cipher, contentKey, octets(expectTag(parameters, 0x04)));
  return Buffer.concat([decipher.update(octets(child(encrypted, 2))), decipher.final()]);
}
