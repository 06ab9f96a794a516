import { constants, createCipheriv, generateKeyPairSync, publicEncrypt, randomBytes } from 'node:crypto';
import {
  algorithm,
  element,
  integer,
  objectIdentifier,
  octetString,
  sequence,
  tagged,
  taggedPrimitive,
} from '@keyhaven/mac/asn1/der-writer';
import { OID } from '@keyhaven/mac/asn1/oids';
import {
  type Certificate,
  publicKeyOf,
  readCertificate,
  selfSignedCertificate,
} from '@keyhaven/mac/certificate';

/** An EnvelopedData by hand (RFC 5652 6): AES-128, as many recipients, and any octets in the place of the content key. */
export function oddEnvelope(plaintext: Buffer, recipients: readonly Certificate[], sentKey?: Buffer): Buffer {
  const contentKey = randomBytes(16);
  const iv = randomBytes(16);
  const cipher = createCipheriv('aes-128-cbc', contentKey, iv);
  const encrypted = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  const infos = recipients.map((recipient) =>
    sequence(
      integer(0),
      sequence(recipient.issuer, recipient.serialNumber),
      algorithm(OID.rsaEncryption),
      octetString(
        publicEncrypt(
          { key: publicKeyOf(recipient), padding: constants.RSA_PKCS1_PADDING },
          sentKey ?? contentKey,
        ),
      ),
    ),
  );
  const content = sequence(
    objectIdentifier(OID.data),
    algorithm(OID.aes128Cbc, octetString(iv)),
    taggedPrimitive(0, encrypted),
  );
  const enveloped = sequence(integer(0), element(0x31, ...infos), content);
  return sequence(objectIdentifier(OID.envelopedData), tagged(0, enveloped));
}

/** Somebody who has nothing to do with any of it. */
export function strangersCertificate(likeSerial: Buffer, name: Buffer): Certificate {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return readCertificate(
    selfSignedCertificate({
      name,
      publicKeyInfo: publicKey.export({ format: 'der', type: 'spki' }),
      privateKey,
      serialNumber: likeSerial,
      notBefore: new Date('2026-01-01T00:00:00Z'),
      notAfter: new Date('2046-01-01T00:00:00Z'),
    }),
  );
}
