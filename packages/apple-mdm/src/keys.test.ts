import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { parseCertificate } from './certificate.ts';
import { openEnvelopedData } from './cms/enveloped-data.ts';
import { createEscrowCertificate } from './keys.ts';
import { certificatePem } from './oracle/identities.ts';
import { OpensslFolder } from './oracle/openssl.ts';

const now = new Date('2026-11-20T12:00:00Z');
const pair = generateKeyPairSync('rsa', { modulusLength: 2048 });

describe('createEscrowCertificate', () => {
  it('5.1-6 lasts twenty years and begins a day early', () => {
    const certificate = parseCertificate(createEscrowCertificate({ ...pair, commonName: 'Mac 1', now }));
    expect(certificate.notBefore).toEqual(new Date('2026-11-19T12:00:00Z'));
    expect(certificate.notAfter).toEqual(new Date('2046-11-20T12:00:00Z'));
  });

  it('5.1-6 is for encipherment alone, and its number is its own', () => {
    const folder = new OpensslFolder();
    folder.write('escrow.der', createEscrowCertificate({ ...pair, commonName: 'Mac 1', now }));
    const text = folder.run('x509 -inform DER -in escrow.der -noout -text');
    expect(text).toMatch(/X509v3 Key Usage: critical\s+Key Encipherment, Data Encipherment\n/);
    const again = parseCertificate(createEscrowCertificate({ ...pair, commonName: 'Mac 1', now }));
    expect(again.serialNumber).not.toEqual(parseCertificate(folder.read('escrow.der')).serialNumber);
    folder.remove();
  });

  it('opens what was encrypted to it, by either name', () => {
    const folder = new OpensslFolder();
    const certificate = parseCertificate(createEscrowCertificate({ ...pair, commonName: 'Mac 1', now }));
    folder.write('escrow.pem', certificatePem(certificate));
    folder.write('key.txt', 'ABCD-2345');
    for (const name of ['', '-keyid ']) {
      folder.run(
        `cms -encrypt -binary -des3 -stream -in key.txt -outform DER -out cms.der ${name}escrow.pem`,
      );
      const opened = openEnvelopedData(folder.read('cms.der'), [
        { certificate, privateKey: pair.privateKey },
      ]);
      expect(opened.toString()).toBe('ABCD-2345');
    }
    folder.remove();
  });
});
