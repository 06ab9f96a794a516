import { createPrivateKey } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { child, children, readElement } from '../asn1/ber-reader.ts';
import { readCertificate } from '../certificate.ts';
import { decryptCms, makeCertificate, openssl, type TestCertificate } from '../test-support/openssl.ts';
import { APPLE_ENVELOPE, type EnvelopeShape, envelop, openEnvelope } from './enveloped-data.ts';

const KEY = 'ABCD-2345-EFGH-6789-TUVW-XYZ2';
const SHAPES: readonly EnvelopeShape[] = (['ber', 'der'] as const).flatMap((encoding) =>
  (['des-ede3-cbc', 'aes-128-cbc', 'aes-256-cbc'] as const).flatMap((cipher) =>
    (['issuer-and-serial-number', 'subject-key-identifier'] as const).map((recipient) => ({
      encoding,
      cipher,
      recipient,
    })),
  ),
);

let recipient: TestCertificate;
beforeAll(() => {
  recipient = makeCertificate('escrow');
});

describe('an envelope', () => {
  test.each(SHAPES)('opens with openssl: $encoding $cipher $recipient', (shape) => {
    const cms = envelop(Buffer.from(KEY), readCertificate(recipient.der), shape);
    expect(decryptCms(cms, recipient)).toBe(KEY);
  });

  test('of openssl opens here, in BER and DER', () => {
    for (const encoding of [['-stream', '-indef'], []]) {
      const args = [
        'cms',
        '-encrypt',
        '-des3',
        '-binary',
        '-outform',
        'DER',
        '-in',
        'key',
        ...encoding,
        'cert',
      ];
      const cms = openssl(args, { key: KEY, cert: recipient.pem });
      expect(openEnvelope(cms, createPrivateKey(recipient.keyPem)).toString()).toBe(KEY);
    }
  });

  test("has exactly Apple's shape: indefinite lengths, 3DES, issuer and serial, 24 + 8 octets", () => {
    const cms = envelop(Buffer.from(KEY), readCertificate(recipient.der), APPLE_ENVELOPE);
    const outline = openssl(['asn1parse', '-inform', 'DER', '-in', 'cms'], { cms })
      .toString()
      .split('\n')
      .map((line) =>
        line
          .replace(/^ *\d+:/u, '')
          .replace(/\[HEX DUMP\].*$/u, '')
          .trim(),
      );
    expect(outline.slice(0, 5).map((line) => line.replace(/ +/gu, ' '))).toEqual([
      'd=0 hl=2 l=inf cons: SEQUENCE',
      'd=1 hl=2 l= 9 prim: OBJECT :pkcs7-envelopedData',
      'd=1 hl=2 l=inf cons: cont [ 0 ]',
      'd=2 hl=2 l=inf cons: SEQUENCE',
      'd=3 hl=2 l= 1 prim: INTEGER :00',
    ]);
    const enveloped = child(child(readElement(cms), 1), 0);
    const content = child(child(enveloped, 2), 2);
    expect(content.raw.subarray(0, 2)).toEqual(Buffer.from([0xa0, 0x80]));
    expect(children(content).map((piece) => piece.content.length)).toEqual([24, 8]);
    expect(outline.join('\n')).toContain(':des-ede3-cbc');
  });

  test('does not open with another key', () => {
    const other = makeCertificate('other');
    const cms = envelop(Buffer.from(KEY), readCertificate(recipient.der), APPLE_ENVELOPE);
    const opened = (): string => openEnvelope(cms, createPrivateKey(other.keyPem)).toString();
    let plaintext = '';
    try {
      plaintext = opened();
    } catch {
      plaintext = 'refused';
    }
    expect(plaintext).not.toBe(KEY);
  });
});
