import { X509Certificate } from 'node:crypto';
import { parseCertificate, verifyIssuedBy } from '@keyhaven/apple-mdm/certificate';
import { verifyMdmSignature } from '@keyhaven/apple-mdm/mdm-signature';

const CLIENT_AUTHENTICATION = '1.3.6.1.5.5.7.3.2';

/** Who may speak for which id: NanoMDM's certauth (reference/apple-mdm.md 3.5). */
export class CertificatePins {
  readonly #idOf = new Map<string, string>();

  /** The SHA-256 of a certificate of this CA that signed exactly these bytes, or null. */
  signerOf(ca: Buffer, header: string | undefined, body: Buffer, now: Date): string | null {
    if (header === undefined) return null;
    try {
      const { certificate } = verifyMdmSignature(header, body);
      if (verifyIssuedBy(certificate, parseCertificate(ca), now) !== 'valid') return null;
      const usage = new X509Certificate(certificate.der).keyUsage;
      return usage.includes(CLIENT_AUTHENTICATION) ? certificate.sha256 : null;
    } catch {
      return null;
    }
  }

  /** At Authenticate: the certificate must be nobody else's. Any id may be taken with a fresh one. */
  associate(sha256: string, id: string): boolean {
    const before = this.#idOf.get(sha256);
    if (before !== undefined && before !== id) return false;
    this.#idOf.set(sha256, id);
    return true;
  }

  speaksFor(sha256: string, id: string): boolean {
    return this.#idOf.get(sha256) === id;
  }
}
