import { generateKeyPairSync } from 'node:crypto';
import { afterAll, expect, it } from 'vitest';
import { OpensslFolder } from '../oracle/openssl.ts';
import { readPem, writePem } from '../pem.ts';
import { readCertificationRequest } from '../scep/certification-request.ts';
import { createCertificationRequest } from './create-certification-request.ts';

const folder = new OpensslFolder();
afterAll(() => folder.remove());
const pair = generateKeyPairSync('rsa', { modulusLength: 2048 });
const request = createCertificationRequest({ commonName: 'Größe & Söhne', ...pair });

it('openssl finds the signature of a request good, and the name in it', () => {
  folder.write('csr.pem', writePem('CERTIFICATE REQUEST', request));
  folder.run('req -in csr.pem -verify -noout -out verdict');
  const text = folder.run('req -in csr.pem -noout -subject -nameopt utf8,esc_ctrl');
  expect(text.trim()).toMatch(/CN ?= ?Größe & Söhne$/);
});

it('our own reader proves the key of a request', () => {
  expect(readCertificationRequest(request).publicKey.equals(pair.publicKey)).toBe(true);
});

it('what is written as PEM reads the same, and openssl reads it too', () => {
  const text = writePem('CERTIFICATE REQUEST', request);
  expect(readPem(`before\n${text}between${text}`).map(({ bytes }) => bytes)).toEqual([request, request]);
  folder.write('again.pem', text);
  folder.run('req -in again.pem -outform DER -out again.der');
  expect(folder.read('again.der')).toEqual(request);
});

it('a block of PEM that does not end is none, nor is what follows it', () => {
  const text = writePem('CERTIFICATE REQUEST', request);
  expect(readPem(`${text}-----BEGIN CERTIFICATE-----\n${text}`)).toHaveLength(1);
  expect(readPem('-----BEGIN A-----'.repeat(4000))).toHaveLength(0);
});
