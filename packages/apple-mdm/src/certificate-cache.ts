import { createHash } from 'node:crypto';
import { type Certificate, parseCertificate } from './certificate.ts';

const DEFAULT_CAPACITY = 10_000;

/**
 * The certificates kept last, by the SHA-256 of their DER: a Mac sends its own with every message, and parsing costs
 * more than verifying. Only what the caller keeps stays: whoever sends strangers' certificates must fill no memory.
 */
export class CertificateCache {
  readonly #capacity: number;
  readonly #bySha256 = new Map<string, Certificate>();

  constructor(capacity: number = DEFAULT_CAPACITY) {
    this.#capacity = capacity;
  }

  get size(): number {
    return this.#bySha256.size;
  }

  /** The kept certificate of these octets, or a newly parsed one, which is not kept by that. @throws CertificateError */
  parse(der: Buffer): Certificate {
    const sha256 = createHash('sha256').update(der).digest('hex');
    const known = this.#bySha256.get(sha256);
    if (known === undefined) return parseCertificate(der);
    this.keep(known);
    return known;
  }

  /** Keeps it, as the one used last; the one not used for longest goes when there are too many. */
  keep(certificate: Certificate): void {
    // A Map keeps the order of insertion: the least recently used stands first.
    this.#bySha256.delete(certificate.sha256);
    this.#bySha256.set(certificate.sha256, certificate);
    if (this.#bySha256.size > this.#capacity) this.#dropOldest();
  }

  /** Whether it is kept. */
  has(certificate: Certificate): boolean {
    return this.#bySha256.has(certificate.sha256);
  }

  #dropOldest(): void {
    const oldest = this.#bySha256.keys().next();
    if (oldest.done !== true) this.#bySha256.delete(oldest.value);
  }
}
