import { describe, expect, it } from 'vitest';
import { CertificateError } from './certificate/certificate-error.ts';
import type { Certificate } from './certificate.ts';
import { CertificateCache } from './certificate-cache.ts';
import { selfSigned } from './oracle/identities.ts';

const [first, second, third] = [
  selfSigned('1').certificate,
  selfSigned('2').certificate,
  selfSigned('3').certificate,
];

describe('CertificateCache', () => {
  const keeping = (cache: CertificateCache, der: Buffer): Certificate => {
    const certificate = cache.parse(der);
    cache.keep(certificate);
    return certificate;
  };

  it('parses the octets of a kept certificate once', () => {
    const cache = new CertificateCache();
    expect(keeping(cache, Buffer.from(first.der))).toBe(cache.parse(Buffer.from(first.der)));
    expect(cache.parse(first.der).sha256).toBe(first.sha256);
  });

  it('keeps nothing of itself', () => {
    const cache = new CertificateCache();
    expect(cache.has(cache.parse(first.der))).toBe(false);
    expect(cache.size).toBe(0);
  });

  it('forgets the one not used for longest when it is full', () => {
    const cache = new CertificateCache(2);
    const kept = keeping(cache, first.der);
    const dropped = keeping(cache, second.der);
    cache.parse(first.der);
    keeping(cache, third.der);
    expect(cache.size).toBe(2);
    expect(cache.parse(first.der)).toBe(kept);
    expect(cache.parse(second.der)).not.toBe(dropped);
  });

  it('keeps nothing that is no certificate', () => {
    const cache = new CertificateCache();
    expect(() => cache.parse(Buffer.from('3000', 'hex'))).toThrow(CertificateError);
    expect(cache.size).toBe(0);
  });
});
