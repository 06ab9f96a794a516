import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { afterAll, describe, expect, it } from 'vitest';
import { CertificateError } from './certificate/certificate-error.ts';
import { createCertificate } from './certificate/create-certificate.ts';
import { parseCertificate, verifyIssuedBy } from './certificate.ts';
import { OID } from './der/oids.ts';
import { TAG } from './der/tags.ts';
import { sequence, tlv } from './der/write.ts';
import { readBer } from './der.ts';
import { certificatePem, NOW, selfSigned } from './oracle/identities.ts';
import { OpensslFolder } from './oracle/openssl.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const ca = selfSigned('Test device CA', { ca: true });
const device = generateKeyPairSync('rsa', { modulusLength: 2048 });
const folder = new OpensslFolder();
afterAll(() => folder.remove());

function issue(changes: Partial<Parameters<typeof createCertificate>[0]> = {}): Buffer {
  return createCertificate({
    subject: 'enrollment-1',
    publicKey: device.publicKey,
    issuer: ca,
    notBefore: NOW,
    notAfter: new Date(NOW.getTime() + 365 * DAY_MS),
    keyUsage: ['digitalSignature'],
    extendedKeyUsage: [OID.clientAuth],
    ...changes,
  });
}

describe('createCertificate', () => {
  it('makes what openssl verifies as a TLS client of its CA', () => {
    folder.write('ca.pem', certificatePem(ca.certificate));
    folder.write('device.pem', certificatePem(parseCertificate(issue())));
    const at = String(NOW.getTime() / 1000 + 60);
    const verdict = folder.run(
      `verify -x509_strict -purpose sslclient -attime ${at} -CAfile ca.pem device.pem`,
    );
    expect(verdict.trim()).toBe('device.pem: OK');
  });

  it('writes the extensions openssl reads', () => {
    folder.write('device.der', issue());
    const text = folder.run('x509 -inform DER -in device.der -noout -text');
    expect(text).toContain('Version: 3 (0x2)');
    expect(text).toContain('Subject: CN = enrollment-1');
    expect(text).toMatch(/X509v3 Key Usage: critical\s+Digital Signature\n/);
    expect(text).toMatch(/X509v3 Extended Key Usage:\s+TLS Web Client Authentication\n/);
    expect(text).toMatch(/X509v3 Basic Constraints: critical\s+CA:FALSE\n/);
    expect(text).toContain('X509v3 Subject Key Identifier');
  });

  it('2.6-6 names the key of its issuer', () => {
    const text = new X509Certificate(issue());
    expect(text.checkIssued(new X509Certificate(ca.certificate.der))).toBe(true);
    expect(issue().includes(ca.certificate.subjectKeyIdentifier ?? 'none')).toBe(true);
  });

  it('2.6-6 numbers each certificate anew, at random, in 16 octets', () => {
    const serials = Array.from({ length: 20 }, () => parseCertificate(issue()).serialNumber.toString('hex'));
    expect(new Set(serials).size).toBe(20);
    for (const serial of serials) expect(serial).toMatch(/^[4-7][0-9a-f]{31}$/);
  });

  it('writes dates from 2050 on as GeneralizedTime', () => {
    const notAfter = new Date('2056-01-02T03:04:05Z');
    expect(parseCertificate(issue({ notAfter })).notAfter).toEqual(notAfter);
    expect(new X509Certificate(issue({ notAfter })).validToDate).toEqual(notAfter);
  });
});

describe('parseCertificate', () => {
  it('reads what node:crypto reads', () => {
    const der = issue({ serialNumber: Buffer.from('00f00d', 'hex') });
    const ours = parseCertificate(der);
    const theirs = new X509Certificate(der);
    expect(ours.sha256).toBe(theirs.fingerprint256.replaceAll(':', '').toLowerCase());
    expect(ours.serialNumber.toString('hex')).toBe('00f00d');
    expect(ours.publicKey.equals(theirs.publicKey)).toBe(true);
    expect([ours.notBefore, ours.notAfter]).toEqual([theirs.validFromDate, theirs.validToDate]);
    expect(ours.extendedKeyUsage).toEqual(theirs.keyUsage);
    expect(ours.basicConstraintsCa).toBe(false);
    expect(ca.certificate.basicConstraintsCa).toBe(true);
    expect(ours.issuer).toEqual(ca.certificate.subject);
  });

  it('reads EC certificates', () => {
    const ec = new OpensslFolder();
    ec.run(
      'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout key.pem -subj /CN=ec -outform DER -out ec.der',
    );
    expect(parseCertificate(ec.read('ec.der')).publicKey.asymmetricKeyType).toBe('ec');
    ec.remove();
  });

  it('does not hold on to the message that a certificate came in', () => {
    const message = Buffer.alloc(1_000_000);
    const der = issue();
    der.copy(message, 500_000);
    const certificate = parseCertificate(message.subarray(500_000, 500_000 + der.length));
    message.fill(0);
    expect(certificate.der).toEqual(der);
    expect(certificate.subject).toEqual(parseCertificate(der).subject);
  });

  it('refuses a second spelling of a certificate, which would have another SHA-256', () => {
    const der = issue();
    const [tbs, algorithm, signature] = readBer(der).children.map((child) => child.raw);
    if (tbs === undefined || algorithm === undefined || signature === undefined)
      throw new Error('no certificate');
    const body = Buffer.concat([tbs, algorithm, signature]);
    const spellings = [
      Buffer.concat([Buffer.from('3080', 'hex'), body, Buffer.alloc(2)]),
      Buffer.concat([Buffer.from('308300', 'hex'), der.subarray(2, 4), body]),
      sequence(tbs, sequence(tlv(TAG.OID, Buffer.from('2a864886f70d01010b', 'hex'))), signature),
      sequence(tbs, algorithm, Buffer.concat([Buffer.from('03830001', 'hex'), signature.subarray(3)])),
      sequence(tbs, algorithm, signature, tlv(TAG.NULL)),
      Buffer.concat([der, Buffer.alloc(1)]),
    ];
    for (const spelling of spellings) expect(() => parseCertificate(spelling)).toThrow(CertificateError);
    expect(sequence(tbs, algorithm, signature)).toEqual(der);
  });

  it('refuses keys too small, too large or of another kind', () => {
    const ed = generateKeyPairSync('ed25519').publicKey;
    expect(() => parseCertificate(issue({ publicKey: ed }))).toThrow('certificate: unsupported-key');
    const small = generateKeyPairSync('rsa', { modulusLength: 768 }).publicKey;
    expect(() => parseCertificate(issue({ publicKey: small }))).toThrow('certificate: unsupported-key');
  });
});

describe('verifyIssuedBy', () => {
  const certificate = parseCertificate(issue());

  it('3.4-4 takes a client certificate of this CA within its dates', () => {
    expect(verifyIssuedBy(certificate, ca.certificate, NOW)).toBe('valid');
    expect(verifyIssuedBy(certificate, ca.certificate, new Date(NOW.getTime() - 1))).toBe('not-yet-valid');
    expect(verifyIssuedBy(certificate, ca.certificate, new Date(NOW.getTime() + 366 * DAY_MS))).toBe(
      'expired',
    );
  });

  it('refuses a CA of the same name with another key', () => {
    const impostor = selfSigned('Test device CA', { ca: true });
    expect(verifyIssuedBy(certificate, impostor.certificate, NOW)).toBe('wrong-issuer');
    expect(verifyIssuedBy(certificate, certificate, NOW)).toBe('wrong-issuer');
  });

  it('3.4-4 refuses the CA itself, other purposes, and no purpose at all', () => {
    const serverAuth = parseCertificate(issue({ extendedKeyUsage: ['1.3.6.1.5.5.7.3.1'] }));
    const unspoken = parseCertificate(issue({ extendedKeyUsage: [] }));
    const authority = parseCertificate(issue({ ca: true }));
    for (const other of [serverAuth, unspoken, authority, ca.certificate]) {
      expect(verifyIssuedBy(other, ca.certificate, NOW)).toBe('wrong-usage');
    }
  });

  it('refuses a certificate with any octet of its signed part changed', () => {
    for (let offset = 4; offset < certificate.der.length; offset += 7) {
      const der = Buffer.from(certificate.der);
      der[offset] = (der[offset] ?? 0) ^ 0x01;
      const verdict = (() => {
        try {
          return verifyIssuedBy(parseCertificate(der), ca.certificate, NOW);
        } catch (error) {
          return error instanceof CertificateError ? 'refused' : error;
        }
      })();
      expect(['refused', 'wrong-issuer']).toContain(verdict);
    }
  });
});
