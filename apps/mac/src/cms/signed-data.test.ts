import { createPrivateKey } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { readCertificate } from '../certificate.ts';
import { makeCertificate, openssl, type TestCertificate } from '../test-support/openssl.ts';
import { readSignedData, verifySigner } from './read-signed-data.ts';
import { bareSha1Signer, type Signer, signDetached, signEncapsulated } from './signed-data.ts';

let certificate: TestCertificate;
let signer: Signer;
beforeAll(() => {
  certificate = makeCertificate('signer');
  signer = {
    certificate: readCertificate(certificate.der),
    privateKey: createPrivateKey(certificate.keyPem),
  };
});

const BODY = Buffer.from('a body\nwith lines\r\n');

function verifyDetached(cms: Buffer, body: Buffer): Buffer {
  const args = ['cms', '-verify', '-binary', '-purpose', 'any', '-inform', 'DER', '-in', 'cms'];
  return openssl([...args, '-content', 'body', '-CAfile', 'ca'], { cms, body, ca: certificate.pem });
}

describe('a detached signature', () => {
  test('without attributes is verified by openssl and has the captured shape', () => {
    const cms = bareSha1Signer(signer)(BODY);
    expect(verifyDetached(cms, BODY)).toEqual(BODY);
    const outline = openssl(['asn1parse', '-inform', 'DER', '-in', 'cms'], { cms }).toString();
    expect(outline).toMatch(/^ *0:d=0 +hl=2 l=inf +cons: SEQUENCE/u);
    expect(outline).toContain(':sha1WithRSAEncryption');
    expect(outline).not.toContain(':messageDigest');
  });

  test('with attributes is verified by openssl', () => {
    expect(verifyDetached(signDetached(BODY, signer, new Date()), BODY)).toEqual(BODY);
  });

  test.each(['bare', 'attributes'])('over a changed body is refused by openssl: %s', (kind) => {
    const cms = kind === 'bare' ? bareSha1Signer(signer)(BODY) : signDetached(BODY, signer, new Date());
    expect(() => verifyDetached(cms, Buffer.from('another body'))).toThrow();
  });
});

describe('a signature read here', () => {
  test('by openssl, with content inside, is verified', () => {
    const args = ['cms', '-sign', '-nodetach', '-binary', '-outform', 'DER', '-in', 'body'];
    const files = { body: BODY, cert: certificate.pem, key: certificate.keyPem };
    for (const more of [[], ['-noattr'], ['-stream', '-indef'], ['-md', 'sha512']]) {
      const cms = openssl([...args, ...more, '-signer', 'cert', '-inkey', 'key'], files);
      const signed = readSignedData(cms);
      expect(signed.content).toEqual(BODY);
      expect(verifySigner(signed, signed.content ?? BODY).certificate.raw).toEqual(certificate.der);
    }
  });

  test('whose content does not fit the digest is refused', () => {
    const signed = readSignedData(signEncapsulated(BODY, signer, 'sha256', []));
    expect(() => verifySigner(signed, Buffer.from('another body'))).toThrow('messageDigest');
  });
});
