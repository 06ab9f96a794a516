import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { createCertificate } from '../certificate/create-certificate.ts';
import type { KeyUsage } from '../certificate/extensions.ts';
import { type Certificate, parseCertificate } from '../certificate.ts';

export const NOW = new Date('2026-11-20T12:00:00Z');
const DAY_MS = 24 * 60 * 60 * 1000;

export interface Identity {
  readonly certificate: Certificate;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

/** A self-signed RSA identity for tests; the key is made anew in each run. */
export function selfSigned(
  subject: string,
  options: { readonly bits?: number; readonly ca?: boolean } = {},
): Identity {
  const keyUsage: KeyUsage[] = [
    'digitalSignature',
    'keyEncipherment',
    ...(options.ca === true ? ['keyCertSign' as const] : []),
  ];
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: options.bits ?? 2048 });
  const der = createCertificate({
    subject,
    publicKey,
    privateKey,
    notBefore: new Date(NOW.getTime() - DAY_MS),
    notAfter: new Date(NOW.getTime() + 3650 * DAY_MS),
    keyUsage,
    ca: options.ca ?? false,
  });
  return { certificate: parseCertificate(der), privateKey, publicKey };
}

export function privateKeyPem(key: KeyObject): string {
  return key.export({ format: 'pem', type: 'pkcs8' }).toString();
}

export function certificatePem(certificate: Certificate): string {
  const base64 = certificate.der.toString('base64').replaceAll(/.{64}/g, '$&\n');
  return `-----BEGIN CERTIFICATE-----\n${base64}\n-----END CERTIFICATE-----\n`;
}
