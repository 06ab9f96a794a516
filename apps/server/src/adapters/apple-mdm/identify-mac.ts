import { type Certificate, parseCertificate, verifyIssuedBy } from '@keyhaven/apple-mdm/certificate';
import { CertificateError } from '@keyhaven/apple-mdm/certificate/certificate-error';
import { CertificateCache } from '@keyhaven/apple-mdm/certificate-cache';
import { ClientCertError, readClientCert } from '@keyhaven/apple-mdm/client-cert';
import { MdmSignatureError, verifyMdmSignature } from '@keyhaven/apple-mdm/mdm-signature';
import type { Clock } from '../../kernel/clock.ts';
import { findMac } from '../../modules/devices/devices.ts';
import type { KnownMac } from '../../modules/devices/enrollment.ts';
import type { Database } from '../../platform/db/database.ts';

export type Identified =
  | { readonly ok: true; readonly mac: KnownMac }
  | { readonly ok: false; readonly why: string; readonly mac?: KnownMac };

/** What a request brings to show who sent it. */
export type Credentials = {
  /** `Mdm-Signature`: over the exact bytes of the body. */
  readonly signature: string | undefined;
  /** `Client-Cert`, and only as a trusted proxy has set it after a TLS handshake with the Mac (RFC 9440). */
  readonly clientCert: string | undefined;
};

/**
 * Who sent this request: the signature over its exact bytes, or the TLS handshake that a trusted proxy had, by a
 * certificate that our device CA issued, that is within its dates, and that is pinned to an enrollment of ours. Where
 * both are there they must be of the same certificate. Nothing the body says counts towards it.
 */
export function macIdentifier(context: {
  readonly database: Database;
  readonly clock: Clock;
  readonly deviceCa: Buffer;
  /** Whether a signature alone is not enough: what was captured once can be sent again, a handshake cannot. */
  readonly clientCertificateRequired: boolean;
}): (credentials: Credentials, body: Buffer) => Promise<Identified> {
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

  return async (credentials, body) => {
    if (context.clientCertificateRequired && credentials.clientCert === undefined) {
      return { ok: false, why: 'no-client-cert' };
    }
    const shown = certificateOf(credentials, body, issued);
    if (!shown.ok) return shown;
    const why = isOurs(shown.certificate);
    if (why !== null) return { ok: false, why };
    const mac = await findMac(context.database, Buffer.from(shown.certificate.sha256, 'hex'));
    if (mac === null) return { ok: false, why: 'certificate-not-pinned' };
    return mac.identity.revoked ? { ok: false, why: 'certificate-revoked', mac } : { ok: true, mac };
  };
}

type Shown =
  | { readonly ok: true; readonly certificate: Certificate }
  | { readonly ok: false; readonly why: string };

function certificateOf(credentials: Credentials, body: Buffer, known: CertificateCache): Shown {
  const { signature, clientCert } = credentials;
  if (signature === undefined && clientCert === undefined) return { ok: false, why: 'no-signature' };
  try {
    const handed = clientCert === undefined ? null : parseCertificate(readClientCert(clientCert));
    const signer = signature === undefined ? null : verifyMdmSignature(signature, body, known).certificate;
    if (handed !== null && signer !== null && handed.sha256 !== signer.sha256) {
      return { ok: false, why: 'two-certificates' };
    }
    const certificate = signer ?? handed;
    return certificate === null ? { ok: false, why: 'no-signature' } : { ok: true, certificate };
  } catch (error) {
    if (error instanceof MdmSignatureError) return { ok: false, why: `signature-${error.kind}` };
    if (error instanceof ClientCertError || error instanceof CertificateError) {
      return { ok: false, why: 'client-cert' };
    }
    throw error;
  }
}
