import type { KeyObject } from 'node:crypto';
import { createCertificate } from './certificate/create-certificate.ts';

const VALIDITY_YEARS = 20;
const CLOCK_SKEW_MS = 24 * 60 * 60 * 1000;

/**
 * DER of the self-signed certificate to which a Mac encrypts its recovery key: FDERecoveryKeyEscrow, and
 * ReplyEncryptionCertificate of RotateFileVaultKey. Long-lived, since macOS is said to look at the dates and the escrow
 * copy may be written years later; begun a day early, for Macs whose clock is slow.
 * @param input an RSA-2048 key pair of this Mac and enrollment alone
 */
export function createEscrowCertificate(input: {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
  readonly commonName: string;
  readonly now: Date;
}): Buffer {
  const { publicKey, privateKey, commonName, now } = input;
  const notAfter = new Date(now);
  notAfter.setUTCFullYear(now.getUTCFullYear() + VALIDITY_YEARS);
  return createCertificate({
    subject: commonName,
    publicKey,
    privateKey,
    notBefore: new Date(now.getTime() - CLOCK_SKEW_MS),
    notAfter,
    keyUsage: ['keyEncipherment', 'dataEncipherment'],
  });
}
