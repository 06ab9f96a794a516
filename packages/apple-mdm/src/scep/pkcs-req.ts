import { createHash, type KeyObject } from 'node:crypto';
import { CertificateError } from '../certificate/certificate-error.ts';
import { isStrongRsaKey } from '../certificate/strong-rsa-key.ts';
import type { Certificate } from '../certificate.ts';
import { CmsError } from '../cms/cms-error.ts';
import type { ContentCipher } from '../cms/content-cipher.ts';
import { openEnvelopedData, readEnvelope } from '../cms/enveloped-data.ts';
import { type VerifiedSignedData, verifySignedData } from '../cms/verify-signed-data.ts';
import { Asn1Error } from '../der/asn1-error.ts';
import { OID } from '../der/oids.ts';
import { readText } from '../der/text.ts';
import { readOctets } from '../der/values.ts';
import { readBer } from '../der.ts';
import { type CertificationRequest, readCertificationRequest } from './certification-request.ts';
import type { DeviceCa } from './device-ca.ts';
import { type FailInfo, ScepError, type ScepTransaction } from './scep-error.ts';

// PKCSReq and RenewalReq (RFC 8894 3.2.1.2): both must bring a challenge here.
const REQUESTS: ReadonlySet<string> = new Set(['19', '17']);
const MAX_TRANSACTION_ID_LENGTH = 255;
const MAX_NONCE_OCTETS = 64;

export interface PkcsReq extends ScepTransaction {
  /** The throw-away certificate of the request: it authenticates nothing, and the reply is enveloped to it. */
  readonly signer: Certificate;
  readonly challenge: string;
  /** RSA of at least 2048 bits; the request was signed with its private half. */
  readonly publicKey: KeyObject;
  /** Of its SubjectPublicKeyInfo, lower-case hexadecimal. */
  readonly publicKeySha256: string;
  /** What the client used, and so understands. */
  readonly cipher: ContentCipher;
}

/**
 * Opens a SCEP request for a certificate (RFC 8894 3.3.1), BER or DER. Whether the challenge is good is the caller's
 * question; who asks is not known before that.
 * @throws ScepError and nothing else
 */
export function readPkcsReq(message: Buffer, ca: DeviceCa): PkcsReq {
  const signed = refusing('bad-message-check', null, () => verifySignedData(message));
  const transaction = refusing('bad-request', null, () => readTransaction(signed));
  const { signer, content } = signed;
  if (!REQUESTS.has(attributeText(signed, OID.scepMessageType)))
    throw new ScepError('bad-request', transaction);
  if (signer.publicKey.asymmetricKeyType !== 'rsa') throw new ScepError('bad-alg', transaction);

  const { cipher } = refusing('bad-message-check', transaction, () => readEnvelope(content));
  const csr = refusing('bad-message-check', transaction, () =>
    openEnvelopedData(content, [ca], { allowSingleDes: true }),
  );
  const { publicKey, challengePassword } = readOpened(csr, transaction);
  if (!isStrongRsaKey(publicKey)) throw new ScepError('bad-alg', transaction);
  if (challengePassword === null) throw new ScepError('bad-request', transaction);
  const spki = publicKey.export({ format: 'der', type: 'spki' });
  return {
    ...transaction,
    signer,
    challenge: challengePassword,
    publicKey,
    publicKeySha256: createHash('sha256').update(spki).digest('hex'),
    cipher,
  };
}

/** Answers whatever is wrong with opened content as it answers content that did not open. */
function readOpened(csr: Buffer, transaction: ScepTransaction): CertificationRequest {
  try {
    return readCertificationRequest(csr);
  } catch (error) {
    if (isRefusal(error)) throw new ScepError('bad-message-check', transaction);
    throw error;
  }
}

function readTransaction(signed: VerifiedSignedData): ScepTransaction {
  const transactionId = attributeText(signed, OID.scepTransactionId);
  const senderNonce = readOctets(readBer(attributeValue(signed, OID.scepSenderNonce)));
  const length = transactionId.length;
  if (length === 0 || length > MAX_TRANSACTION_ID_LENGTH) throw new CmsError('malformed');
  if (senderNonce.length === 0 || senderNonce.length > MAX_NONCE_OCTETS) throw new CmsError('malformed');
  attributeText(signed, OID.scepMessageType);
  return { transactionId, senderNonce, digest: signed.digest };
}

function attributeText(signed: VerifiedSignedData, name: string): string {
  return readText(readBer(attributeValue(signed, name)));
}

function attributeValue(signed: VerifiedSignedData, name: string): Buffer {
  const value = signed.attributes.get(name);
  if (value === undefined) throw new CmsError('malformed');
  return value;
}

function refusing<Value>(failInfo: FailInfo, transaction: ScepTransaction | null, read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    if (!isRefusal(error)) throw error;
    const algorithm = error instanceof CmsError && error.kind === 'unsupported-algorithm';
    throw new ScepError(algorithm ? 'bad-alg' : failInfo, transaction);
  }
}

function isRefusal(error: unknown): boolean {
  return error instanceof Asn1Error || error instanceof CertificateError || error instanceof CmsError;
}
