import { generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { createCertificate } from '../certificate/create-certificate.ts';
import { type Certificate, parseCertificate } from '../certificate.ts';

const KEY_BITS = 3072;
const VALIDITY_YEARS = 20;
const CLOCK_SKEW_MS = 24 * 60 * 60 * 1000;

/** The authority that answers SCEP and issues to Macs, and does nothing else. */
export interface DeviceCa {
  readonly certificate: Certificate;
  /** RSA: SCEP envelopes are sealed to it. */
  readonly privateKey: KeyObject;
}

/**
 * A new RSA-3072 device CA, self-signed for 20 years. One certificate signs, opens requests and issues, hence the four
 * usages (RFC 8894 2.1.2): macOS refuses a CA that lacks keyEncipherment.
 */
export async function createDeviceCa(input: {
  readonly commonName: string;
  readonly now: Date;
}): Promise<DeviceCa> {
  const { commonName, now } = input;
  const { publicKey, privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: KEY_BITS });
  const notAfter = new Date(now);
  notAfter.setUTCFullYear(now.getUTCFullYear() + VALIDITY_YEARS);
  const der = createCertificate({
    subject: commonName,
    publicKey,
    privateKey,
    notBefore: new Date(now.getTime() - CLOCK_SKEW_MS),
    notAfter,
    keyUsage: ['digitalSignature', 'keyEncipherment', 'keyCertSign', 'cRLSign'],
    ca: true,
  });
  return { certificate: parseCertificate(der), privateKey };
}
