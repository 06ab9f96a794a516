import { type Element, octets } from '../asn1/ber-reader.ts';
import { SCEP_ATTRIBUTE } from '../asn1/oids.ts';
import type { Certificate } from '../certificate.ts';
import { openEnvelope } from '../cms/enveloped-data.ts';
import { readSignedData, verifySigner } from '../cms/read-signed-data.ts';
import type { Signer } from '../cms/signed-data.ts';
import { ScepError } from './scep-error.ts';

export type Transaction = {
  readonly id: string;
  readonly senderNonce: Buffer;
  readonly signer: Signer;
};

/** A CertRep (RFC 8894 3.3.2): the issued certificates, or a ScepError saying what is wrong with it. */
export function readReply(
  bytes: Buffer,
  authority: Certificate,
  transaction: Transaction,
): readonly Certificate[] {
  try {
    return interpret(bytes, authority, transaction);
  } catch (error) {
    if (error instanceof ScepError) throw error;
    throw new ScepError('reply-malformed');
  }
}

function interpret(bytes: Buffer, authority: Certificate, transaction: Transaction): readonly Certificate[] {
  const signed = readSignedData(bytes);
  const { certificate, attributes } = verifySigner(signed, signed.content ?? Buffer.alloc(0));
  // Apple wants the very certificate that GetCACert gave.
  if (!certificate.raw.equals(authority.raw)) throw new ScepError('reply-not-from-ca');
  if (printable(attributes.get(SCEP_ATTRIBUTE.messageType)) !== '3') throw new ScepError('reply-malformed');
  if (printable(attributes.get(SCEP_ATTRIBUTE.transactionId)) !== transaction.id) {
    throw new ScepError('reply-of-another-transaction');
  }
  const status = printable(attributes.get(SCEP_ATTRIBUTE.pkiStatus));
  if (status === '2') throw new ScepError('refused', printable(attributes.get(SCEP_ATTRIBUTE.failInfo)));
  if (status === '3') throw new ScepError('pending');
  if (status !== '0' || signed.content === null) throw new ScepError('reply-malformed');
  const nonce = attributes.get(SCEP_ATTRIBUTE.recipientNonce);
  if (nonce === undefined || !octets(nonce).equals(transaction.senderNonce)) {
    throw new ScepError('reply-of-another-transaction');
  }
  return readSignedData(openEnvelope(signed.content, transaction.signer.privateKey)).certificates;
}

/** messageType and pkiStatus must be PrintableString with a short length. */
function printable(attribute: Element | undefined): string {
  return attribute?.tag === 0x13 ? attribute.content.toString('latin1') : '';
}
