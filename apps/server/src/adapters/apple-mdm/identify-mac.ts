import { type Certificate, parseCertificate, verifyIssuedBy } from '@keyhaven/apple-mdm/certificate';
import { CertificateCache } from '@keyhaven/apple-mdm/certificate-cache';
import { MdmSignatureError, verifyMdmSignature } from '@keyhaven/apple-mdm/mdm-signature';
import type { Clock } from '../../kernel/clock.ts';
import { findMac } from '../../modules/devices/devices.ts';
import type { KnownMac } from '../../modules/devices/enrollment.ts';
import type { Database } from '../../platform/db/database.ts';

export type Identified =
  | { readonly ok: true; readonly mac: KnownMac }
  | { readonly ok: false; readonly why: string };

/**
 * Who sent this request: the signature over its exact bytes, by a certificate that our device CA issued, that is within
 * its dates, and that is pinned to an enrollment of ours. Nothing the body says counts towards it.
 */
export function macIdentifier(context: {
  readonly database: Database;
  readonly clock: Clock;
  readonly deviceCa: Buffer;
}): (header: string | undefined, body: Buffer) => Promise<Identified> {
  const ca = parseCertificate(context.deviceCa);
  // Only certificates that our CA has signed, each proved once. Dates are asked for each time.
  const issued = new CertificateCache();

  function isOurs(certificate: Certificate): string | null {
    const now = context.clock.now();
    if (issued.has(certificate)) {
      return now < certificate.notBefore || now > certificate.notAfter ? 'certificate-expired' : null;
    }
    const verdict = verifyIssuedBy(certificate, ca, now);
    if (verdict !== 'valid') return `certificate-${verdict}`;
    issued.keep(certificate);
    return null;
  }

  return async (header, body) => {
    if (header === undefined) return { ok: false, why: 'no-signature' };
    let certificate: Certificate;
    try {
      certificate = verifyMdmSignature(header, body, issued).certificate;
    } catch (error) {
      if (!(error instanceof MdmSignatureError)) throw error;
      return { ok: false, why: `signature-${error.kind}` };
    }
    const why = isOurs(certificate);
    if (why !== null) return { ok: false, why };
    const mac = await findMac(context.database, Buffer.from(certificate.sha256, 'hex'));
    return mac === null ? { ok: false, why: 'certificate-not-pinned' } : { ok: true, mac };
  };
}
