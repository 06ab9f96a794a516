import type { Certificate } from '../certificate.ts';
import type { SignedAttribute } from '../cms/attributes.ts';
import type { ContentCipher } from '../cms/content-cipher.ts';
import { createSignedData } from '../cms/create-signed-data.ts';
import { sealEnvelopedData } from '../cms/enveloped-data.ts';
import type { DigestAlgorithm } from '../cms/signature-algorithm.ts';
import { OID } from '../der/oids.ts';
import { octetString, printableString } from '../der/write.ts';
import type { Identity } from './identities.ts';
import type { OpensslFolder } from './openssl.ts';

export const TRANSACTION_ID = '4B1D0A';
export const SENDER_NONCE = Buffer.from('0011223344556677', 'hex');

/** A PKCS #10 request by openssl, which asks for much more than it may get. */
export function opensslRequest(
  folder: OpensslFolder,
  options: { readonly key: string; readonly challenge?: string },
): Buffer {
  const { key, challenge } = options;
  const attributes = challenge === undefined ? '' : 'attributes=attributes\n';
  folder.write(
    'req.cnf',
    `[req]\nprompt=no\ndistinguished_name=dn\nreq_extensions=wishes\n${attributes}[dn]\nCN=other\n` +
      `[attributes]\nchallengePassword=${challenge ?? ''}\n` +
      '[wishes]\nbasicConstraints=critical,CA:TRUE\nextendedKeyUsage=serverAuth\nsubjectAltName=DNS:other.example\n',
  );
  folder.run(`req -new -key ${key} -config req.cnf -outform DER -out csr.der`);
  return folder.read('csr.der');
}

/** The message of a SCEP client around a request (RFC 8894 3.1). */
export function pkiMessage(input: {
  readonly csr: Buffer;
  readonly signer: Identity;
  readonly ca: Certificate;
  readonly cipher?: ContentCipher;
  readonly digest?: DigestAlgorithm;
  readonly attributes?: readonly SignedAttribute[];
}): Buffer {
  const { csr, signer, ca, cipher = 'aes-128-cbc', digest = 'sha256', attributes = scepAttributes() } = input;
  return createSignedData({
    content: sealEnvelopedData(csr, { recipient: ca, cipher }),
    signer,
    digest,
    attributes,
  });
}

export function scepAttributes(messageType = '19'): readonly SignedAttribute[] {
  return [
    { oid: OID.scepMessageType, value: printableString(messageType) },
    { oid: OID.scepTransactionId, value: printableString(TRANSACTION_ID) },
    { oid: OID.scepSenderNonce, value: octetString(SENDER_NONCE) },
  ];
}
