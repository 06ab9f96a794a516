import type { MdmcertDownloadCall } from '@keyhaven/api-contract/push-certificate';
import { writePem } from '@keyhaven/apple-mdm/pem';

/**
 * The call that has mdmcert.download sign a request (reference section 6). The administrator makes it: we call nobody.
 * Their answer comes by mail, encrypted to `answerCertificate`.
 */
export const mdmcertDownloadCall = (parts: {
  readonly email: string;
  readonly apiKey: string;
  /** DER. */
  readonly request: Buffer;
  /** DER. */
  readonly answerCertificate: Buffer;
}): MdmcertDownloadCall => ({
  url: 'https://mdmcert.download/api/v1/signrequest',
  body: {
    csr: base64(writePem('CERTIFICATE REQUEST', parts.request)),
    email: parts.email,
    key: parts.apiKey,
    encrypt: base64(writePem('CERTIFICATE', parts.answerCertificate)),
  },
});

const base64 = (text: string): string => Buffer.from(text).toString('base64');

/**
 * What was in the mail, as a text to upload at Apple; null when it is none. A wrong message in 256 opens to noise, so
 * what comes out must look like what Apple takes: base64, or a property list.
 */
export function signedRequestText(opened: Buffer): string | null {
  const text = opened.toString('latin1').trim();
  return /^(?:[A-Za-z0-9+/\s]{64,}={0,2}|<\?xml [\t\n\r -~]{64,})$/.test(text) ? `${text}\n` : null;
}
