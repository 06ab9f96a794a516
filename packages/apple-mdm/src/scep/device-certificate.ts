import type { KeyObject } from 'node:crypto';
import { createCertificate } from '../certificate/create-certificate.ts';
import { OID } from '../der/oids.ts';
import type { DeviceCa } from './device-ca.ts';

const CLOCK_SKEW_MS = 5 * 60 * 1000;
const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * DER of a Mac's identity certificate: the enrollment's id as CN, for signing and clientAuth alone, whatever the request
 * asked for. Ends with the CA's at the latest.
 * @param input days: validity, counted from now
 */
export function issueDeviceCertificate(input: {
  readonly ca: DeviceCa;
  readonly publicKey: KeyObject;
  readonly enrollmentId: string;
  readonly now: Date;
  readonly days: number;
}): Buffer {
  const { ca, publicKey, enrollmentId, now, days } = input;
  const end = Math.min(now.getTime() + days * DAY_MS, ca.certificate.notAfter.getTime());
  return createCertificate({
    subject: enrollmentId,
    publicKey,
    issuer: ca,
    notBefore: new Date(now.getTime() - CLOCK_SKEW_MS),
    notAfter: new Date(end),
    keyUsage: ['digitalSignature'],
    extendedKeyUsage: [OID.clientAuth],
  });
}
