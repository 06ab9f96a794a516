import { createHash, timingSafeEqual } from 'node:crypto';
import type { DigestName } from '../asn1/oids.ts';
import { type Certificate, readCertificate } from '../certificate.ts';
import type { ContentCipher } from '../cms/enveloped-data.ts';
import { callHttp, type HttpAnswer } from '../http-request.ts';
import { ScepError } from './scep-error.ts';
import type { ScepPayload } from './scep-payload.ts';

/** What a Mac learns about a CA before it asks for a certificate. */
export type CertificateAuthority = {
  readonly certificate: Certificate;
  readonly digest: DigestName;
  readonly cipher: ContentCipher;
  readonly takesPost: boolean;
};

/** GetCACert and GetCACaps, read as strictly as Apple's client reads them (RFC 8894 4.2, 3.5). */
export async function askAuthority(payload: ScepPayload, trust?: string): Promise<CertificateAuthority> {
  const certificateAnswer = await get(payload, 'GetCACert', trust);
  // Apple compares the whole header, so a charset parameter makes the certificate unusable.
  if (certificateAnswer.contentType !== 'application/x-x509-ca-cert') {
    throw new ScepError('unexpected-content-type', 'GetCACert');
  }
  checkFingerprint(certificateAnswer.body, payload.caFingerprint);
  const capabilities = (await get(payload, 'GetCACaps', trust)).body.toString('latin1').split('\n');
  return {
    certificate: readCertificate(certificateAnswer.body),
    digest: chooseDigest(capabilities),
    cipher: capabilities.includes('AES') ? 'aes-128-cbc' : 'des-ede3-cbc',
    takesPost: capabilities.includes('POSTPKIOperation'),
  };
}

function chooseDigest(capabilities: readonly string[]): DigestName {
  if (capabilities.includes('SHA-512')) return 'sha512';
  if (capabilities.includes('SHA-256')) return 'sha256';
  if (capabilities.includes('SHA-1')) return 'sha1';
  throw new ScepError('no-digest-offered');
}

/** The digest's length names its algorithm, as in Apple's client. */
function checkFingerprint(certificate: Buffer, wanted: Buffer | null): void {
  if (wanted === null) return;
  const names: Readonly<Record<number, string>> = {
    16: 'md5',
    20: 'sha1',
    28: 'sha224',
    32: 'sha256',
    48: 'sha384',
    64: 'sha512',
  };
  const name = names[wanted.length];
  if (name === undefined) throw new ScepError('wrong-ca-fingerprint');
  const actual = createHash(name).update(certificate).digest();
  if (!timingSafeEqual(actual, wanted)) throw new ScepError('wrong-ca-fingerprint');
}

async function get(payload: ScepPayload, operation: string, trust?: string): Promise<HttpAnswer> {
  const message = payload.name === null ? '' : `&message=${encodeURIComponent(payload.name)}`;
  return scepCall(() =>
    callHttp(`${payload.url}?operation=${operation}${message}`, {
      method: 'GET',
      ...(trust === undefined ? {} : { trust }),
    }),
  );
}

/** Runs one exchange; everything but a 200 is a ScepError. */
export async function scepCall(call: () => Promise<HttpAnswer>): Promise<HttpAnswer> {
  let answer: HttpAnswer;
  try {
    answer = await call();
  } catch {
    throw new ScepError('unreachable');
  }
  if (answer.status !== 200) throw new ScepError('http-status', String(answer.status));
  return answer;
}
