import { createHash } from 'node:crypto';
import { type Certificate, parseCertificate } from './certificate.ts';

const DEFAULT_CAPACITY = 10_000;

/**
 * The certificates parsed last, by the SHA-256 of their DER: a Mac sends its own with every message, and parsing costs
 * more than verifying. Being in here proves nothing about a certificate.
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

  /** @throws CertificateError */
  parse(der: Buffer): Certificate {
    const sha256 = createHash('sha256').update(der).digest('hex');
    const known = this.#bySha256.get(sha256);
    const certificate = known ?? parseCertificate(der);
    // A Map keeps the order of insertion: the least recently used stands first.
    this.#bySha256.delete(sha256);
    this.#bySha256.set(sha256, certificate);
    if (this.#bySha256.size > this.#capacity) this.#dropOldest();
    return certificate;
  }

  #dropOldest(): void {
    const oldest = this.#bySha256.keys().next();
    if (oldest.done !== true) this.#bySha256.delete(oldest.value);
  }
}
