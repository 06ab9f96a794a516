import { randomBytes } from 'node:crypto';
import type { SignedAttribute } from '../cms/attributes.ts';
import { certificatesOnly, createSignedData } from '../cms/create-signed-data.ts';
import { sealEnvelopedData } from '../cms/enveloped-data.ts';
import { OID } from '../der/oids.ts';
import { isPrintable, octetString, printableString, utf8String } from '../der/write.ts';
import type { DeviceCa } from './device-ca.ts';
import type { PkcsReq } from './pkcs-req.ts';
import { FAIL_INFO, type FailInfo, type ScepTransaction } from './scep-error.ts';

const CERT_REP = '3';
const SUCCESS = '0';
const FAILURE = '2';
const NONCE_OCTETS = 16;

/**
 * CertRep with the certificate (RFC 8894 3.3.2), signed by the very certificate that GetCACert gives, in the cipher and
 * digest of the request.
 * @param issued DER
 */
export function pkiSuccess(reply: {
  readonly request: PkcsReq;
  readonly issued: Buffer;
  readonly ca: DeviceCa;
}): Buffer {
  const { request, issued, ca } = reply;
  const content = sealEnvelopedData(certificatesOnly([issued]), {
    recipient: request.signer,
    cipher: request.cipher,
  });
  return certRep(request, ca, content, [text(OID.scepPkiStatus, SUCCESS)]);
}

/** CertRep that refuses; it travels with HTTP 200 and has no content. */
export function pkiFailure(reply: {
  readonly request: ScepTransaction;
  readonly failInfo: FailInfo;
  readonly ca: DeviceCa;
}): Buffer {
  const { request, failInfo, ca } = reply;
  const status = [text(OID.scepPkiStatus, FAILURE), text(OID.scepFailInfo, FAIL_INFO[failInfo])];
  return certRep(request, ca, null, status);
}

function certRep(
  request: ScepTransaction,
  ca: DeviceCa,
  content: Buffer | null,
  status: readonly SignedAttribute[],
): Buffer {
  const attributes = [
    text(OID.scepMessageType, CERT_REP),
    ...status,
    text(OID.scepTransactionId, request.transactionId),
    { oid: OID.scepRecipientNonce, value: octetString(request.senderNonce) },
    { oid: OID.scepSenderNonce, value: octetString(randomBytes(NONCE_OCTETS)) },
  ];
  return createSignedData({ content, signer: ca, digest: request.digest, attributes });
}

// Some clients put characters into a transactionID that a PrintableString does not have; it must come back as it was.
function text(oid: string, value: string): SignedAttribute {
  return { oid, value: isPrintable(value) ? printableString(value) : utf8String(value) };
}
