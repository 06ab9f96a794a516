import { createPrivateKey, randomInt } from 'node:crypto';
import { child, children, octets, readElement } from '../asn1/ber-reader.ts';
import { octetString, printableString } from '../asn1/der-writer.ts';
import { type DigestName, SCEP_ATTRIBUTE } from '../asn1/oids.ts';
import { readCertificate } from '../certificate.ts';
import { readSignedData, verifySigner } from '../cms/read-signed-data.ts';
import { signEncapsulated } from '../cms/signed-data.ts';
import { openssl, pemOf, type TestCertificate } from './openssl.ts';

/** What openssl found in a Mac's request. */
export type SeenRequest = {
  readonly csrText: string;
  readonly challenge: string;
  readonly transactionId: string;
  readonly rsaPublicKeySha1: string;
  readonly envelope: Buffer;
  readonly messageText: string;
};

export type ScepChoices = {
  readonly caps: string;
  /** Cipher of the reply, in openssl's words. */
  readonly cipher: '-des3' | '-aes128';
  readonly digest: DigestName;
  readonly failInfo?: string;
  /** Signs the reply instead of the CA. */
  readonly signer?: TestCertificate;
};

export const MODERN_SCEP: ScepChoices = {
  caps: 'POSTPKIOperation\nSHA-256\nAES\nSCEPStandard\nSHA-1\nDES3',
  cipher: '-aes128',
  digest: 'sha256',
};

/** Answers a PKIOperation; verifying, opening, issuing and enveloping are openssl's work. */
export function answerPkcsReq(
  message: Buffer,
  ca: TestCertificate,
  choices: ScepChoices,
): { readonly reply: Buffer; readonly seen: SeenRequest } {
  const envelope = openssl(
    ['cms', '-verify', '-noverify', '-purpose', 'any', '-binary', '-inform', 'DER', '-in', 'message'],
    { message },
  );
  const files = { envelope, cert: ca.pem, key: ca.keyPem };
  const csr = openssl(
    ['cms', '-decrypt', '-inform', 'DER', '-in', 'envelope', '-recip', 'cert', '-inkey', 'key'],
    files,
  );
  const { attributes, certificate } = verifySigner(readSignedData(message), envelope);
  const text = (oid: string): string => attributes.get(oid)?.content.toString('latin1') ?? '';
  // Asked of openssl only by the tests that look.
  const seen: SeenRequest = {
    envelope,
    transactionId: text(SCEP_ATTRIBUTE.transactionId),
    get csrText() {
      return openssl(['req', '-inform', 'DER', '-in', 'csr', '-noout', '-text'], { csr }).toString('utf8');
    },
    get challenge() {
      return /challengePassword\s*:(.*)/u.exec(this.csrText)?.[1]?.trim() ?? '';
    },
    get rsaPublicKeySha1() {
      return rsaPublicKeySha1(csr);
    },
    get messageText() {
      const args = ['cms', '-cmsout', '-print', '-noout', '-inform', 'DER', '-in', 'message'];
      return openssl(args, { message }).toString('utf8');
    },
  };
  const nonce = attributes.get(SCEP_ATTRIBUTE.senderNonce);
  const signer = choices.signer ?? ca;
  const content =
    choices.failInfo === undefined ? issue(csr, pemOf(certificate.raw), ca, choices) : Buffer.alloc(0);
  const status = choices.failInfo === undefined ? '0' : '2';
  const reply = signEncapsulated(
    content,
    { certificate: readCertificate(signer.der), privateKey: createPrivateKey(signer.keyPem) },
    choices.digest,
    [
      { oid: SCEP_ATTRIBUTE.messageType, value: printableString('3') },
      { oid: SCEP_ATTRIBUTE.pkiStatus, value: printableString(status) },
      ...(choices.failInfo === undefined
        ? []
        : [{ oid: SCEP_ATTRIBUTE.failInfo, value: printableString(choices.failInfo) }]),
      { oid: SCEP_ATTRIBUTE.transactionId, value: printableString(seen.transactionId) },
      {
        oid: SCEP_ATTRIBUTE.recipientNonce,
        value: octetString(nonce === undefined ? Buffer.alloc(0) : octets(nonce)),
      },
    ],
  );
  return { reply, seen };
}

function issue(csr: Buffer, requester: string, ca: TestCertificate, choices: ScepChoices): Buffer {
  const issued = openssl(
    [
      'x509',
      '-req',
      '-inform',
      'DER',
      '-in',
      'csr',
      '-CA',
      'cert',
      '-CAkey',
      'key',
      '-set_serial',
      String(randomInt(1, 2 ** 47)),
      '-days',
      '3',
    ],
    { csr, cert: ca.pem, key: ca.keyPem },
  );
  const certificates = openssl(['crl2pkcs7', '-nocrl', '-certfile', 'issued', '-outform', 'DER'], { issued });
  return openssl(
    ['cms', '-encrypt', '-binary', choices.cipher, '-outform', 'DER', '-in', 'certificates', 'requester'],
    { certificates, requester },
  );
}

/** SHA-1 of the request's RSAPublicKey, by openssl. */
function rsaPublicKeySha1(csr: Buffer): string {
  const publicKey = openssl(['req', '-inform', 'DER', '-in', 'csr', '-noout', '-pubkey'], { csr });
  const der = openssl(['rsa', '-pubin', '-in', 'key', '-RSAPublicKey_out', '-outform', 'DER'], {
    key: publicKey,
  });
  return openssl(['dgst', '-sha1', '-r', 'key'], { key: der }).toString('utf8').slice(0, 40).toUpperCase();
}

/** Whether a BER value starts with an indefinite length. */
export function isIndefinite(bytes: Buffer): boolean {
  return (
    bytes[1] === 0x80 && children(readElement(bytes)).length > 0 && child(readElement(bytes), 0).tag === 0x06
  );
}
