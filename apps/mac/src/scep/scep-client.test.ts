import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { realSurroundings } from '../surroundings.ts';
import { TestMdmServer } from '../test-support/mdm-server.ts';
import { makeCertificate, type TestCertificate } from '../test-support/openssl.ts';
import { isIndefinite, MODERN_SCEP } from '../test-support/scep-responder.ts';
import { type IssuedIdentity, requestCertificate, type ScepHabits } from './scep-client.ts';
import type { ScepPayload } from './scep-payload.ts';

const HABITS: ScepHabits = { envelope: 'der', requestVersion: 0 };

let ca: TestCertificate;
let server: TestMdmServer;
beforeAll(() => {
  ca = makeCertificate('device ca');
});
beforeEach(async () => {
  server = await new TestMdmServer(ca).start();
});
afterEach(() => server.stop());

function ask(changes: Partial<ScepPayload> = {}, habits = HABITS): Promise<IssuedIdentity> {
  const payload: ScepPayload = {
    url: `${server.url}/scep`,
    name: 'ca name',
    challenge: 'one-time+challenge_1',
    subject: [['2.5.4.3', 'A Mac']],
    keyBits: 2048,
    keyUsage: 5,
    caFingerprint: null,
    ...changes,
  };
  return requestCertificate(payload, habits, realSurroundings);
}

describe('a SCEP request', () => {
  test('is verified, opened and (its own signature checked) issued by openssl, and its answer certifies the key', async () => {
    const issued = await ask();
    const [request] = server.requests;
    expect(request?.challenge).toBe('one-time+challenge_1');
    expect(request?.csrText).toContain('CN = A Mac');
    expect(request?.csrText).toContain('Digital Signature, Key Encipherment');
    expect(request?.transactionId).toBe(request?.rsaPublicKeySha1);
    const certificate = new X509Certificate(issued.certificate.raw);
    expect(certificate.verify(createPublicKey(ca.pem))).toBe(true);
    expect(certificate.checkPrivateKey(createPrivateKey(issued.privateKeyPem))).toBe(true);
  });

  test('uses AES and SHA-256 where offered', async () => {
    await ask();
    expect(server.requests[0]?.messageText).toContain('algorithm: sha256');
    expect(Buffer.from(server.requests[0]?.envelope ?? []).toString('hex')).toContain('608648016503040102');
  });

  test('falls back to 3DES and SHA-1, and to GET without POSTPKIOperation', async () => {
    server.scep = { caps: 'SHA-1\nDES3', cipher: '-des3', digest: 'sha1' };
    const issued = await ask();
    expect(issued.certificate.raw.length).toBeGreaterThan(0);
    expect(server.requests[0]?.messageText).toContain('algorithm: sha1');
    expect(Buffer.from(server.requests[0]?.envelope ?? []).toString('hex')).toContain('2a864886f70d0307');
  });

  test('can put its envelope into indefinite BER, and its request under version 2', async () => {
    await ask({}, { envelope: 'ber', requestVersion: 2 });
    expect(isIndefinite(Buffer.from(server.requests[0]?.envelope ?? []))).toBe(true);
    expect(server.requests[0]?.csrText).toContain('Version: Unknown (2)');
  });

  test('is signed by a throw-away certificate that is not the certified key', async () => {
    await ask();
    expect(server.requests[0]?.messageText.match(/d.certificate:/gu)).toHaveLength(1);
    expect(server.requests[0]?.messageText).not.toContain('A Mac');
  });
});

describe('a SCEP server is left', () => {
  test.each([
    [
      'a charset on GetCACert',
      'unexpected-content-type',
      { type: 'application/x-x509-ca-cert; charset=utf-8' },
    ],
    ['CRLF between capabilities', 'no-digest-offered', { caps: 'SHA-256\r\nAES\r\nSHA-1\r\n' }],
    ['a refusal', 'refused', { failInfo: '2' }],
  ])('for %s', async (_what, kind, choice: { type?: string; caps?: string; failInfo?: string }) => {
    server.caContentType = choice.type ?? server.caContentType;
    const { failInfo } = choice;
    server.scep = {
      ...MODERN_SCEP,
      caps: choice.caps ?? MODERN_SCEP.caps,
      ...(failInfo === undefined ? {} : { failInfo }),
    };
    await expect(ask()).rejects.toMatchObject({ kind });
  });

  test('for a CA certificate that does not fit the fingerprint', async () => {
    await expect(ask({ caFingerprint: Buffer.alloc(32) })).rejects.toMatchObject({
      kind: 'wrong-ca-fingerprint',
    });
  });

  test('for an answer signed by another certificate than the CA', async () => {
    server.scep = { ...MODERN_SCEP, signer: makeCertificate('device ca') };
    await expect(ask()).rejects.toMatchObject({ kind: 'reply-not-from-ca' });
  });
});
