import { describe, expect, it } from 'vitest';
import { readBer } from '../der.ts';
import { NOW } from '../oracle/identities.ts';
import { OpensslFolder } from '../oracle/openssl.ts';
import { createDeviceCa } from './device-ca.ts';

describe('createDeviceCa', () => {
  it('2.3-2 may sign, open requests and issue, with an RSA-3072 key', async () => {
    const ca = await createDeviceCa({ commonName: 'Device CA', now: NOW });
    const folder = new OpensslFolder();
    folder.write('ca.der', ca.certificate.der);
    const text = folder.run('x509 -inform DER -in ca.der -noout -text');
    expect(text).toMatch(
      /Key Usage: critical\s+Digital Signature, Key Encipherment, Certificate Sign, CRL Sign\n/,
    );
    expect(text).toMatch(/Basic Constraints: critical\s+CA:TRUE, pathlen:0\n/);
    expect(ca.certificate.publicKey.asymmetricKeyDetails?.modulusLength).toBe(3072);
    folder.remove();
    expect(readBer(ca.certificate.der).hasDerLength).toBe(true);
  });
});
