import { createHash, randomBytes, sign } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCertificate } from '../certificate/create-certificate.ts';
import { parseCertificate } from '../certificate.ts';
import { issuerAndSerialNumber } from '../cms/certificate-id.ts';
import { contentInfo } from '../cms/content-info.ts';
import { createSignedData } from '../cms/create-signed-data.ts';
import { sealEnvelopedData } from '../cms/enveloped-data.ts';
import { digestIdentifier } from '../cms/signature-algorithm.ts';
import { OID } from '../der/oids.ts';
import {
  bitString,
  contextTag,
  integer,
  nullValue,
  octetString,
  oid,
  sequence,
  set,
  tlv,
} from '../der/write.ts';
import { readBer } from '../der.ts';
import { privateKeyPem, selfSigned } from '../oracle/identities.ts';
import { withIndefiniteLengths } from '../oracle/indefinite.ts';
import { OpensslFolder } from '../oracle/openssl.ts';
import { opensslRequest, pkiMessage, scepAttributes } from '../oracle/scep-client.ts';
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

const message = (changes: Partial<Parameters<typeof pkiMessage>[0]> = {}): Buffer =>
  pkiMessage({ csr, signer, ca: ca.certificate, ...changes });

/** The challenge of a request that is read, or why it is refused. */
function outcome(bytes: Buffer): string {
  try {
    return readPkcsReq(bytes, ca).challenge;
  } catch (error) {
    if (error instanceof ScepError) return error.failInfo;
    throw error;
  }
}

/** Signed by hand, for what no honest client sends. */
function byHand(odd: {
  readonly infos?: number;
  readonly ids?: number;
  readonly algorithm?: string;
}): Buffer {
  const { infos = 1, ids = 1, algorithm = OID.rsaEncryption } = odd;
  const content = sealEnvelopedData(csr, { recipient: ca.certificate, cipher: 'aes-128-cbc' });
  const digest = createHash('sha256').update(content).digest();
  const signed = set(
    sequence(oid(OID.contentType), set(oid(OID.data))),
    sequence(oid(OID.messageDigest), set(octetString(digest))),
    ...scepAttributes().map(({ oid: name, value }) =>
      sequence(
        oid(name),
        set(...Array.from({ length: name === OID.scepTransactionId ? ids : 1 }, () => value)),
      ),
    ),
  );
  const info = sequence(
    integer(1),
    issuerAndSerialNumber(signer.certificate),
    digestIdentifier('sha256'),
    tlv(0xa0, readBer(signed).content),
    sequence(oid(algorithm), nullValue()),
    octetString(sign('sha256', signed, signer.privateKey)),
  );
  const data = sequence(oid(OID.data), contextTag(0, octetString(content)));
  const all = Array.from({ length: infos }, () => info);
  const head = [integer(1), set(digestIdentifier('sha256')), data, contextTag(0, signer.certificate.der)];
  return contentInfo(OID.signedData, sequence(...head, set(...all)));
}

/** The request with another version, signed anew. */
function ofVersion(version: number): Buffer {
  const [info] = readBer(csr).children;
  const [, ...rest] = info?.children ?? [];
  const body = sequence(integer(version), ...rest.map(({ raw }) => raw));
  const algorithm = sequence(oid(OID.sha256WithRSAEncryption), nullValue());
  return sequence(body, algorithm, bitString(sign('sha256', body, mac.privateKey)));
}

describe('a request as some client may send it', () => {
  it('2.4-1 is read with indefinite lengths in its signature, in its envelope, and in both', () => {
    const envelope = sealEnvelopedData(csr, { recipient: ca.certificate, cipher: 'aes-128-cbc' });
    for (const content of [envelope, withIndefiniteLengths(envelope, 4)]) {
      const signed = createSignedData({ content, signer, digest: 'sha256', attributes: scepAttributes() });
      for (const bytes of [signed, withIndefiniteLengths(signed, 4)])
        expect(outcome(bytes)).toBe('open sesame');
      expect(withIndefiniteLengths(signed, 4).subarray(0, 2)).toEqual(Buffer.from('3080', 'hex'));
    }
  });

  it('2.4-2 is refused with two signers, and with none', () => {
    expect([1, 2, 0].map((infos) => outcome(byHand({ infos })))).toEqual([
      'open sesame',
      'bad-message-check',
      'bad-message-check',
    ]);
  });

  it('2.4-3 is read whoever signed it: another key than the request’s, a small one, one out of date', () => {
    const { publicKey, privateKey } = selfSigned('old');
    const [notBefore, notAfter] = [new Date('1999-01-01T00:00:00Z'), new Date('2000-01-01T00:00:00Z')];
    const keyUsage = ['digitalSignature'] as const;
    const der = createCertificate({ subject: 'old', publicKey, privateKey, notBefore, notAfter, keyUsage });
    const old = { certificate: parseCertificate(der), publicKey, privateKey };
    for (const other of [signer, mac, old, selfSigned('small', { bits: 1024 })]) {
      expect(outcome(message({ signer: other }))).toBe('open sesame');
    }
  });

  it('2.4-4 is refused with two values in one attribute', () => {
    expect(outcome(byHand({ ids: 2 }))).toBe('bad-message-check');
  });

  it.each([8, 16])('2.4-6 is read with a nonce of %i octets, and keeps it', (length) => {
    const nonce = randomBytes(length);
    const attributes = scepAttributes().map((each) =>
      each.oid === OID.scepSenderNonce ? { ...each, value: octetString(nonce) } : each,
    );
    expect(readPkcsReq(message({ attributes }), ca).senderNonce).toEqual(nonce);
  });

  it('2.4-8 is read with its signature named by key or by key and digest, and not by another digest', () => {
    expect(outcome(byHand({ algorithm: OID.rsaEncryption }))).toBe('open sesame');
    expect(outcome(byHand({ algorithm: OID.sha256WithRSAEncryption }))).toBe('open sesame');
    expect(outcome(byHand({ algorithm: OID.sha1WithRSAEncryption }))).toBe('bad-alg');
  });

  it.each([0, 1, 2])('2.4-9 is read when its version is %i', (version) => {
    expect(outcome(message({ csr: ofVersion(version) }))).toBe('open sesame');
  });

  it.each(['sha1', 'sha256'])(
    '2.4-11 is read when its key signed it with %s, and refused when another did',
    (digest) => {
      folder.write(
        'plain.cnf',
        '[req]\nprompt=no\ndistinguished_name=dn\nattributes=a\n[dn]\nCN=x\n[a]\nchallengePassword=open sesame\n',
      );
      folder.run(`req -new -key mac.key -config plain.cnf -${digest} -outform DER -out signed.der`);
      const request = folder.read('signed.der');
      expect(outcome(message({ csr: request }))).toBe('open sesame');
      const [info, algorithm] = readBer(request).children;
      const signature = bitString(sign(digest, info?.raw ?? Buffer.alloc(0), signer.privateKey));
      const stolen = sequence(info?.raw ?? Buffer.alloc(0), algorithm?.raw ?? Buffer.alloc(0), signature);
      expect(outcome(message({ csr: stolen }))).toBe('bad-message-check');
    },
  );
});
