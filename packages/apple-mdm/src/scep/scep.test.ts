import { createHash, createPublicKey, X509Certificate } from 'node:crypto';
import { ContentInfo, SignedData } from '@peculiar/asn1-cms';
import { AsnConvert } from '@peculiar/asn1-schema';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseCertificate, verifyIssuedBy } from '../certificate.ts';
import { createSignedData } from '../cms/create-signed-data.ts';
import { openEnvelopedData, readEnvelope, sealEnvelopedData } from '../cms/enveloped-data.ts';
import { verifySignedData } from '../cms/verify-signed-data.ts';
import { OID } from '../der/oids.ts';
import { octetString, printableString, tlv, utf8String } from '../der/write.ts';
import { readBer } from '../der.ts';
import { certificatePem, NOW, privateKeyPem, selfSigned } from '../oracle/identities.ts';
import { OpensslFolder } from '../oracle/openssl.ts';
import {
  opensslRequest,
  pkiMessage,
  SENDER_NONCE,
  scepAttributes,
  TRANSACTION_ID,
} from '../oracle/scep-client.ts';
import { CA_CAPABILITIES } from './ca-capabilities.ts';
import { pkiFailure, pkiSuccess } from './cert-rep.ts';
import { createDeviceCa, type DeviceCa } from './device-ca.ts';
import { issueDeviceCertificate } from './device-certificate.ts';
import { readPkcsReq } from './pkcs-req.ts';
import { ScepError } from './scep-error.ts';

const signer = selfSigned('MDM SCEP SIGNER');
const mac = selfSigned('Mac');
const folder = new OpensslFolder();
let ca: DeviceCa;
let csr: Buffer;
beforeAll(async () => {
  ca = await createDeviceCa({ commonName: 'Device CA', now: NOW });
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
  ] as const)('reads a request in %s and %s', (cipher, digest) => {
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

  it('takes a renewal like a first request, and no other message', () => {
    expect(refusal(message({ attributes: scepAttributes('17') }))).toBe('read');
    expect(refusal(message({ attributes: scepAttributes('20') }))).toBe(`bad-request ${TRANSACTION_ID}`);
    expect(refusal(message({ attributes: scepAttributes('3') }))).toBe(`bad-request ${TRANSACTION_ID}`);
  });

  it('reads a challenge of any string type', () => {
    const text = csr.indexOf('open sesame') - 2;
    const types = [tlv(0x13), tlv(0x0c), tlv(0x14), tlv(0x16)].map((type) => type[0] ?? 0);
    expect(types).toContain(csr[text]);
    // Another type breaks the proof of possession, so the request is signed anew with each.
    for (const mask of ['printable', 'utf8only', 'default']) {
      folder.write(
        'mask.cnf',
        `[req]\nprompt=no\nstring_mask=${mask === 'printable' ? 'pkix' : mask}\ndistinguished_name=dn\nattributes=a\n[dn]\nCN=x\n[a]\nchallengePassword=open sesame\n`,
      );
      folder.run('req -new -key mac.key -config mask.cnf -outform DER -out mask.der');
      expect(readPkcsReq(message({ csr: folder.read('mask.der') }), ca).challenge).toBe('open sesame');
    }
  });

  it('refuses a request without a challenge', () => {
    const plain = opensslRequest(folder, { key: 'mac.key' });
    expect(refusal(message({ csr: plain }))).toBe(`bad-request ${TRANSACTION_ID}`);
  });

  it('refuses RSA keys below 2048 bits and keys of other kinds as bad algorithms', () => {
    const small = selfSigned('small', { bits: 1024 });
    folder.write('small.key', privateKeyPem(small.privateKey));
    folder.run('ecparam -name prime256v1 -genkey -noout -out ec.key');
    for (const key of ['small.key', 'ec.key']) {
      const request = opensslRequest(folder, { key, challenge: 'open sesame' });
      expect(refusal(message({ csr: request }))).toBe(`bad-alg ${TRANSACTION_ID}`);
    }
    expect(refusal(message({ signer: small }))).toBe('read');
  });

  it('answers whatever is wrong inside the envelope alike', () => {
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

  it('refuses without a transaction what is not signed or not complete', () => {
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

function issue(): Buffer {
  return issueDeviceCertificate({
    ca,
    publicKey: mac.publicKey,
    enrollmentId: 'enrollment-1',
    now: NOW,
    days: 365,
  });
}

describe('pkiSuccess', () => {
  it.each([
    ['aes-128-cbc', 'sha256'],
    ['des-ede3-cbc', 'sha1'],
    ['des-cbc', 'sha1'],
  ] as const)('brings the certificate to the client in its own %s and %s', (cipher, digest) => {
    const issued = issue();
    const reply = pkiSuccess({ request: readPkcsReq(message({ cipher, digest }), ca), issued, ca });
    const verified = verifySignedData(reply);
    expect(verified.digest).toBe(digest);
    expect(verified.signer.der).toEqual(ca.certificate.der);
    expect(readEnvelope(verified.content).cipher).toBe(cipher);
    const bag = openEnvelopedData(verified.content, [signer], { allowSingleDes: true });
    expect(certificatesIn(bag)).toEqual([issued]);
    const text = (name: string): Buffer | undefined => verified.attributes.get(name);
    expect(text(OID.scepMessageType)).toEqual(printableString('3'));
    expect(text(OID.scepPkiStatus)).toEqual(printableString('0'));
    expect(text(OID.scepTransactionId)).toEqual(printableString(TRANSACTION_ID));
    expect(text(OID.scepRecipientNonce)).toEqual(octetString(SENDER_NONCE));
    expect(text(OID.scepSenderNonce)).toHaveLength(18);
  });

  it('is verified and opened by openssl', () => {
    const issued = issue();
    folder.write('ca.pem', certificatePem(ca.certificate));
    folder.write('signer.pem', certificatePem(signer.certificate));
    folder.write('signer.key', privateKeyPem(signer.privateKey));
    folder.write('reply.der', pkiSuccess({ request: readPkcsReq(message(), ca), issued, ca }));
    folder.run(
      'cms -verify -binary -inform DER -in reply.der -CAfile ca.pem -purpose any -no_check_time -out envelope.der',
    );
    folder.run(
      'cms -decrypt -binary -inform DER -in envelope.der -inkey signer.key -recip signer.pem -out bag.der',
    );
    expect(certificatesIn(folder.read('bag.der'))).toEqual([issued]);
    const dump = folder.run('cms -cmsout -print -noout -inform DER -in reply.der');
    expect(dump).toMatch(/signatureAlgorithm:\s+algorithm: rsaEncryption/);
  });

  it('brings a transaction id back as it came', () => {
    const attributes = scepAttributes().map((attribute) =>
      attribute.oid === OID.scepTransactionId ? { ...attribute, value: utf8String('a_b*c') } : attribute,
    );
    const reply = pkiSuccess({ request: readPkcsReq(message({ attributes }), ca), issued: issue(), ca });
    expect(verifySignedData(reply).attributes.get(OID.scepTransactionId)).toEqual(utf8String('a_b*c'));
  });
});

/** The certificates of a degenerate SignedData, by another reader than ours. */
function certificatesIn(bag: Buffer): readonly Buffer[] {
  const signedData = AsnConvert.parse(AsnConvert.parse(bag, ContentInfo).content, SignedData);
  return (signedData.certificates ?? []).map((choice) =>
    Buffer.from(AsnConvert.serialize(choice.certificate)),
  );
}

describe('pkiFailure', () => {
  it('refuses by name, without content, in what openssl verifies', () => {
    const request = readPkcsReq(message({ digest: 'sha1' }), ca);
    const reply = pkiFailure({ request, failInfo: 'bad-request', ca });
    const { attributes, digest } = verifySignedData(reply, { detachedContent: Buffer.alloc(0) });
    expect(digest).toBe('sha1');
    expect(attributes.get(OID.scepPkiStatus)).toEqual(printableString('2'));
    expect(attributes.get(OID.scepFailInfo)).toEqual(printableString('2'));
    expect(attributes.get(OID.scepRecipientNonce)).toEqual(octetString(SENDER_NONCE));
    folder.write('failure.der', reply);
    folder.write('empty', '');
    folder.write('ca.pem', certificatePem(ca.certificate));
    folder.run(
      'cms -verify -binary -inform DER -in failure.der -content empty -CAfile ca.pem -purpose any -no_check_time -out nothing',
    );
    expect(folder.read('nothing')).toHaveLength(0);
  });
});

describe('issueDeviceCertificate', () => {
  it('decides subject, purpose and dates itself, whatever the request asked for', () => {
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

describe('createDeviceCa', () => {
  it('may sign, open requests and issue, with an RSA-3072 key', () => {
    folder.write('ca.der', ca.certificate.der);
    const text = folder.run('x509 -inform DER -in ca.der -noout -text');
    expect(text).toMatch(
      /Key Usage: critical\s+Digital Signature, Key Encipherment, Certificate Sign, CRL Sign\n/,
    );
    expect(text).toMatch(/Basic Constraints: critical\s+CA:TRUE, pathlen:0\n/);
    expect(ca.certificate.publicKey.asymmetricKeyDetails?.modulusLength).toBe(3072);
    expect(readBer(ca.certificate.der).hasDerLength).toBe(true);
  });
});

describe('GetCACaps', () => {
  it('is lines of capabilities and nothing around them', () => {
    expect(CA_CAPABILITIES).toBe('POSTPKIOperation\nSHA-256\nAES\nSCEPStandard\nRenewal\nSHA-1\nDES3');
  });
});
