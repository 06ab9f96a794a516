import { describe, expect, it } from 'vitest';
import { CertificateError } from './certificate/certificate-error.ts';
import { CertificateCache } from './certificate-cache.ts';
import { selfSigned } from './oracle/identities.ts';

const [first, second, third] = [
  selfSigned('1').certificate,
  selfSigned('2').certificate,
  selfSigned('3').certificate,
];

describe('CertificateCache', () => {
  it('parses the same octets once', () => {
    const cache = new CertificateCache();
    expect(cache.parse(Buffer.from(first.der))).toBe(cache.parse(Buffer.from(first.der)));
    expect(cache.parse(first.der).sha256).toBe(first.sha256);
  });

  it('forgets the one not used for longest when it is full', () => {
    const cache = new CertificateCache(2);
    const kept = cache.parse(first.der);
    const dropped = cache.parse(second.der);
    cache.parse(first.der);
    cache.parse(third.der);
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
