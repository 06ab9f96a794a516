import { constants, type KeyObject, privateDecrypt, publicEncrypt, randomBytes } from 'node:crypto';
import type { Certificate } from '../certificate.ts';
import { Fields } from '../der/fields.ts';
import type { Asn1Node } from '../der/node.ts';
import { OID } from '../der/oids.ts';
import { contextual, TAG } from '../der/tags.ts';
import { readOctets, readOid, readSmallInteger } from '../der/values.ts';
import { contextPrimitive, integer, nullValue, octetString, oid, sequence, set } from '../der/write.ts';
import { type CertificateId, issuerAndSerialNumber, names, readCertificateId } from './certificate-id.ts';
import { CmsError } from './cms-error.ts';
import {
  type CipherParameters,
  type ContentCipher,
  cipherIdentifier,
  decryptContent,
  encryptContent,
  keyLength,
  readCipher,
} from './content-cipher.ts';
import { contentInfo, readContentInfo } from './content-info.ts';

const MAX_RECIPIENTS = 16;

export interface Recipient {
  readonly certificate: Certificate;
  /** RSA. */
  readonly privateKey: KeyObject;
}

export interface Envelope {
  readonly cipher: ContentCipher;
  /** Those with RSA key transport, in the order of the message. */
  readonly recipients: readonly CertificateId[];
}

interface KeyTransport {
  readonly id: CertificateId;
  /** Dotted. */
  readonly algorithm: string;
  readonly encryptedKey: Buffer;
}

interface EnvelopedData {
  readonly keys: readonly KeyTransport[];
  readonly parameters: CipherParameters;
  readonly encrypted: Buffer;
}

/**
 * What an EnvelopedData (RFC 5652 6.1) says openly: whom it is for and in which cipher.
 * @throws Asn1Error, CmsError
 */
export function readEnvelope(bytes: Uint8Array): Envelope {
  const { keys, parameters } = readEnvelopedData(bytes);
  return { cipher: parameters.cipher, recipients: keys.map((key) => key.id) };
}

/**
 * Opens a CMS EnvelopedData, BER or DER, with the first of the recipients that it names. RSAES-PKCS1-v1_5 and CBC carry
 * no proof of origin: one wrong message in 256 opens to noise, so the caller must check what comes out.
 * @throws Asn1Error, CmsError; one kind, `not-openable`, for all that goes wrong with a private key
 */
export function openEnvelopedData(
  bytes: Uint8Array,
  recipients: readonly Recipient[],
  options: { readonly allowSingleDes?: boolean } = {},
): Buffer {
  const { keys, parameters, encrypted } = readEnvelopedData(bytes);
  if (parameters.cipher === 'des-cbc' && options.allowSingleDes !== true)
    throw new CmsError('unsupported-algorithm');
  const [key, recipient] = addressee(keys, recipients);
  if (key.algorithm !== OID.rsaEncryption) throw new CmsError('unsupported-algorithm');
  const contentKey = openContentKey(key.encryptedKey, recipient.privateKey, keyLength(parameters.cipher));
  try {
    return decryptContent(encrypted, parameters, contentKey);
  } catch {
    throw new CmsError('not-openable');
  }
}

/**
 * DER of an EnvelopedData (id-data) for one RSA certificate, named by issuer and serial number.
 * @throws CmsError `unsupported-algorithm` when the certificate's key is not RSA
 */
export function sealEnvelopedData(
  content: Buffer,
  to: { readonly recipient: Certificate; readonly cipher: ContentCipher },
): Buffer {
  if (to.recipient.publicKey.asymmetricKeyType !== 'rsa') throw new CmsError('unsupported-algorithm');
  const contentKey = randomBytes(keyLength(to.cipher));
  const { encrypted, ...parameters } = encryptContent(content, to.cipher, contentKey);
  const encryptedKey = publicEncrypt(
    { key: to.recipient.publicKey, padding: constants.RSA_PKCS1_PADDING },
    contentKey,
  );
  const recipientInfo = sequence(
    integer(0),
    issuerAndSerialNumber(to.recipient),
    sequence(oid(OID.rsaEncryption), nullValue()),
    octetString(encryptedKey),
  );
  const encryptedContentInfo = sequence(
    oid(OID.data),
    cipherIdentifier(parameters),
    contextPrimitive(0, encrypted),
  );
  return contentInfo(OID.envelopedData, sequence(integer(0), set(recipientInfo), encryptedContentInfo));
}

function addressee(
  keys: readonly KeyTransport[],
  recipients: readonly Recipient[],
): readonly [KeyTransport, Recipient] {
  for (const key of keys) {
    const recipient = recipients.find((candidate) => names(key.id, candidate.certificate));
    if (recipient !== undefined) return [key, recipient];
  }
  throw new CmsError('not-addressed');
}

/**
 * The content key, or a random one where there is none: bad padding, too, must show only as content that does not open
 * (RFC 3218 2.3). OpenSSL already answers bad padding with noise, most often of a wrong length.
 */
function openContentKey(encryptedKey: Buffer, privateKey: KeyObject, length: number): Buffer {
  const substitute = randomBytes(length);
  try {
    const key = privateDecrypt({ key: privateKey, padding: constants.RSA_PKCS1_PADDING }, encryptedKey);
    return key.length === length ? key : substitute;
  } catch {
    return substitute;
  }
}

function readEnvelopedData(bytes: Uint8Array): EnvelopedData {
  const fields = new Fields(readContentInfo(bytes, OID.envelopedData), TAG.SEQUENCE);
  if (readSmallInteger(fields.take(TAG.INTEGER)) > 4) throw new CmsError('malformed');
  fields.takeIf(contextual(0));
  const recipientInfos = fields.take(TAG.SET).children;
  if (recipientInfos.length > MAX_RECIPIENTS) throw new CmsError('malformed');
  const content = new Fields(fields.take(TAG.SEQUENCE), TAG.SEQUENCE);
  fields.takeIf(contextual(1));
  fields.end();
  content.take(TAG.OID);
  const parameters = readCipher(content.take(TAG.SEQUENCE));
  const encrypted = content.takeIf(contextual(0));
  content.end();
  if (encrypted === null) throw new CmsError('no-content');
  // Key agreement, passwords and the like wear a context tag; only RSA key transport is a bare SEQUENCE.
  const transports = recipientInfos.filter((info) => info.tag === TAG.SEQUENCE);
  return {
    keys: transports.map(readKeyTransport),
    parameters,
    encrypted: readOctets(encrypted, contextual(0)),
  };
}

/** KeyTransRecipientInfo (RFC 5652 6.2.1). */
function readKeyTransport(node: Asn1Node): KeyTransport {
  const fields = new Fields(node, TAG.SEQUENCE);
  readSmallInteger(fields.take(TAG.INTEGER));
  const id = readCertificateId(fields.takeAny());
  const algorithm = readOid(new Fields(fields.take(TAG.SEQUENCE), TAG.SEQUENCE).take(TAG.OID));
  const encryptedKey = readOctets(fields.take(TAG.OCTET_STRING));
  fields.end();
  return { id, algorithm, encryptedKey };
}
