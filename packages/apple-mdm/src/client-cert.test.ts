import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { ClientCertError, readClientCert } from './client-cert.ts';

const der = randomBytes(900);
const base64 = der.toString('base64');
const pem = `-----BEGIN CERTIFICATE-----\n${base64.replaceAll(/(.{64})/g, '$1\n')}\n-----END CERTIFICATE-----\n`;

describe('a certificate that a proxy hands on', () => {
  test('is read between colons, as RFC 9440 has it', () => {
    expect(readClientCert(`:${base64}:`)).toEqual(der);
  });

  test('is read as percent-encoded PEM, as nginx writes it', () => {
    expect(readClientCert(encodeURIComponent(pem))).toEqual(der);
  });

  test.each([
    ['nothing', ''],
    ['an empty byte sequence', '::'],
    ['a byte sequence without an end', `:${base64}`],
    ['no base64', ':%%%:'],
    ['two of them', `:${base64}:, :${base64}:`],
    ['PEM twice', encodeURIComponent(pem + pem)],
    ['broken percent-encoding', '-----BEGIN%2'],
    ['another kind of PEM', encodeURIComponent(pem.replaceAll('CERTIFICATE', 'PRIVATE KEY'))],
    ['plain text', '(null)'],
    ['far too much', `:${'A'.repeat(20_000)}:`],
  ])('%s is refused', (_what, header) => {
    expect(() => readClientCert(header)).toThrow(ClientCertError);
  });
});
