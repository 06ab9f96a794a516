import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSignedData } from '../cms/create-signed-data.ts';
import { sealEnvelopedData } from '../cms/enveloped-data.ts';
import { octetString, printableString } from '../der/write.ts';
import { privateKeyPem, selfSigned } from '../oracle/identities.ts';
import { OpensslFolder } from '../oracle/openssl.ts';
import {
  opensslRequest,
  pkiMessage,
  SENDER_NONCE,
  scepAttributes,
  TRANSACTION_ID,
} from '../oracle/scep-client.ts';
import { readPkcsReq } from './pkcs-req.ts';
import { ScepError } from './scep-error.ts';

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

/** failInfo, with the transaction id when a reply can be made. */
function refusal(bytes: Buffer): string {
  try {
    readPkcsReq(bytes, ca);
  } catch (error) {
    if (error instanceof ScepError) return `${error.failInfo} ${error.transaction?.transactionId ?? '-'}`;
    throw error;
  }
  return 'read';
}

describe('readPkcsReq', () => {
  it.each([
    ['aes-128-cbc', 'sha256'],
    ['aes-256-cbc', 'sha512'],
    ['des-ede3-cbc', 'sha1'],
    ['des-cbc', 'sha1'],
  ] as const)('2.2-3 reads a request in %s and %s', (cipher, digest) => {
    const request = readPkcsReq(message({ cipher, digest }), ca);
    expect(request).toMatchObject({
      transactionId: TRANSACTION_ID,
      challenge: 'open sesame',
      cipher,
      digest,
    });
    expect(request.senderNonce).toEqual(SENDER_NONCE);
    expect(request.signer.sha256).toBe(signer.certificate.sha256);
    expect(request.publicKey.equals(mac.publicKey)).toBe(true);
    const spki = mac.publicKey.export({ format: 'der', type: 'spki' });
    expect(request.publicKeySha256).toBe(createHash('sha256').update(spki).digest('hex'));
  });

  it('2.1-4 takes a renewal like a first request, and no other message', () => {
    expect(refusal(message({ attributes: scepAttributes('17') }))).toBe('read');
    expect(refusal(message({ attributes: scepAttributes('20') }))).toBe(`bad-request ${TRANSACTION_ID}`);
    expect(refusal(message({ attributes: scepAttributes('3') }))).toBe(`bad-request ${TRANSACTION_ID}`);
  });

  it.each([
    ['PrintableString', 0x13, 'pkix'],
    ['UTF8String', 0x0c, 'utf8only'],
    ['TeletexString', 0x14, 'MASK:4'],
    ['IA5String', 0x16, 'MASK:16'],
  ])('2.4-10 reads a challenge in a %s', (_, tag, mask) => {
    folder.write(
      'mask.cnf',
      `[req]\nprompt=no\nstring_mask=${mask}\ndistinguished_name=dn\nattributes=a\n[dn]\nCN=x\n[a]\nchallengePassword=open sesame\n`,
    );
    folder.run('req -new -key mac.key -config mask.cnf -outform DER -out mask.der');
    const request = folder.read('mask.der');
    expect(request[request.indexOf('open sesame') - 2]).toBe(tag);
    expect(readPkcsReq(message({ csr: request }), ca).challenge).toBe('open sesame');
  });

  it('refuses a request without a challenge', () => {
    const plain = opensslRequest(folder, { key: 'mac.key' });
    expect(refusal(message({ csr: plain }))).toBe(`bad-request ${TRANSACTION_ID}`);
  });

  it('2.6-7 refuses RSA keys below 2048 bits or with a small exponent, and keys of other kinds, as bad algorithms', () => {
    const small = selfSigned('small', { bits: 1024 });
    folder.write('small.key', privateKeyPem(small.privateKey));
    folder.run('ecparam -name prime256v1 -genkey -noout -out ec.key');
    folder.run('genrsa -3 -out three.key 2048');
    for (const key of ['small.key', 'ec.key', 'three.key']) {
      const request = opensslRequest(folder, { key, challenge: 'open sesame' });
      expect(refusal(message({ csr: request }))).toBe(`bad-alg ${TRANSACTION_ID}`);
    }
    expect(refusal(message({ signer: small }))).toBe('read');
  });

  it('2.4-11 answers whatever is wrong inside the envelope alike', () => {
    const stolen = Buffer.from(csr);
    const last = stolen.length - 1;
    stolen[last] = (stolen[last] ?? 0) ^ 1;
    const inside = [
      stolen,
      Buffer.alloc(0),
      Buffer.from('3000', 'hex'),
      csr.subarray(0, 100),
      mac.certificate.der,
    ];
    for (const content of inside)
      expect(refusal(message({ csr: content }))).toBe(`bad-message-check ${TRANSACTION_ID}`);

    const envelope = sealEnvelopedData(csr, { recipient: ca.certificate, cipher: 'aes-128-cbc' });
    const end = envelope.length - 1;
    envelope[end] = (envelope[end] ?? 0) ^ 1;
    const broken = createSignedData({
      content: envelope,
      signer,
      digest: 'sha256',
      attributes: scepAttributes(),
    });
    expect(refusal(broken)).toBe(`bad-message-check ${TRANSACTION_ID}`);
  });

  it('refuses an envelope to another CA', () => {
    expect(refusal(message({ ca: mac.certificate }))).toBe(`bad-message-check ${TRANSACTION_ID}`);
  });

  it('2.4-5 2.4-7 refuses without a transaction what is not signed or not complete', () => {
    const bytes = message();
    const changed = Buffer.from(bytes);
    const at = bytes.indexOf(TRANSACTION_ID);
    changed[at] = 0x35;
    expect(refusal(changed)).toBe('bad-message-check -');
    expect(refusal(Buffer.alloc(0))).toBe('bad-message-check -');
    expect(refusal(createSignedData({ content: csr, signer, digest: 'sha256', attributes: 'none' }))).toBe(
      'bad-request -',
    );
    for (const missing of scepAttributes()) {
      const attributes = scepAttributes().filter(({ oid }) => oid !== missing.oid);
      expect(refusal(message({ attributes }))).toBe('bad-request -');
    }
  });

  it('refuses empty and oversized transaction ids and nonces', () => {
    const [type, id, nonce] = scepAttributes();
    if (type === undefined || id === undefined || nonce === undefined) throw new Error('three attributes');
    const wrong = [
      [type, { ...id, value: printableString('') }, nonce],
      [type, { ...id, value: printableString('A'.repeat(256)) }, nonce],
      [type, id, { ...nonce, value: octetString(Buffer.alloc(0)) }],
      [type, id, { ...nonce, value: octetString(Buffer.alloc(65)) }],
    ];
    for (const attributes of wrong) expect(refusal(message({ attributes }))).toBe('bad-request -');
  });
});
