import { pushCertificateUpload } from '@keyhaven/api-contract/push-certificate';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { readUpload } from './read-upload.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const pem = (label: string): Uint8Array => bytes(`-----BEGIN ${label}-----\nAA==\n-----END ${label}-----\n`);

test('PEM files go as one text, in the order in which they were chosen', () => {
  const upload = readUpload([pem('CERTIFICATE'), pem('PRIVATE KEY')], '');
  expect(upload).toEqual({
    certificate:
      '-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n\n-----BEGIN PRIVATE KEY-----\nAA==\n-----END PRIVATE KEY-----\n',
  });
});

test('any other single file goes as it is, in base64, and the password only when there is one', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 1, maxLength: 3000 }),
      fc.string({ maxLength: 20 }),
      (file, password) => {
        fc.pre(!new TextDecoder().decode(file).includes('-----BEGIN '));
        const upload = readUpload([file], password);
        expect(upload).toEqual({
          pkcs12: Buffer.from(file).toString('base64'),
          ...(password === '' ? {} : { password }),
        });
        expect(pushCertificateUpload.safeParse(upload).success).toBe(true);
      },
    ),
  );
});

test('no file, a mixture and what is too large for a certificate are said before anything is sent', () => {
  expect(readUpload([], 'x')).toBe('noFile');
  expect(readUpload([pem('CERTIFICATE'), bytes('0')], '')).toBe('mixed');
  expect(readUpload([new Uint8Array(40_001)], '')).toBe('tooLarge');
  expect(pushCertificateUpload.safeParse(readUpload([new Uint8Array(40_000)], '')).success).toBe(true);
});
