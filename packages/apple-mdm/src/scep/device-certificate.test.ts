import { createPublicKey, X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseCertificate, verifyIssuedBy } from '../certificate.ts';
import { OID } from '../der/oids.ts';
import { NOW, privateKeyPem, selfSigned } from '../oracle/identities.ts';
import { OpensslFolder } from '../oracle/openssl.ts';
import { opensslRequest, pkiMessage } from '../oracle/scep-client.ts';
import { issueDeviceCertificate } from './device-certificate.ts';
import { readPkcsReq } from './pkcs-req.ts';

const signer = selfSigned('MDM SCEP SIGNER');
const mac = selfSigned('Mac');
const ca = selfSigned('Device CA', { ca: true });
const folder = new OpensslFolder();
let csr: Buffer;
beforeAll(() => {
  folder.write('mac.key', privateKeyPem(mac.privateKey));
  csr = opensslRequest(folder, { key: 'mac.key', challenge: 'open sesame' });
});
afterAll(() => folder.remove());

function message(changes: Partial<Parameters<typeof pkiMessage>[0]> = {}): Buffer {
  return pkiMessage({ csr, signer, ca: ca.certificate, ...changes });
}

describe('issueDeviceCertificate', () => {
  it('2.6-6 decides subject, purpose and dates itself, whatever the request asked for', () => {
    const { publicKey } = readPkcsReq(message(), ca);
    const der = issueDeviceCertificate({ ca, publicKey, enrollmentId: 'enrollment-1', now: NOW, days: 365 });
    const issued = new X509Certificate(der);
    expect(issued.subject).toBe('CN=enrollment-1');
    expect(issued.subjectAltName).toBeUndefined();
    expect(issued.ca).toBe(false);
    expect(issued.keyUsage).toEqual([OID.clientAuth]);
    expect(issued.publicKey.equals(createPublicKey(mac.privateKey))).toBe(true);
    expect(issued.validFromDate).toEqual(new Date(NOW.getTime() - 5 * 60_000));
    expect(issued.validToDate).toEqual(new Date(NOW.getTime() + 365 * 86_400_000));
    expect(verifyIssuedBy(parseCertificate(der), ca.certificate, NOW)).toBe('valid');
    folder.write('issued.der', der);
    const text = folder.run('x509 -inform DER -in issued.der -noout -text');
    expect(text).toMatch(/X509v3 Key Usage: critical\s+Digital Signature\n/);
  });

  it('never outlives the CA', () => {
    const der = issueDeviceCertificate({
      ca,
      publicKey: mac.publicKey,
      enrollmentId: 'x',
      now: NOW,
      days: 36_500,
    });
    expect(parseCertificate(der).notAfter).toEqual(ca.certificate.notAfter);
  });
});
