import { createPrivateKey } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseCertificate } from '../certificate.ts';
import { OID } from '../der/oids.ts';
import { contextTag, integer, nullValue, octetString, oid, sequence, set, utf8String } from '../der/write.ts';
import { readBer } from '../der.ts';
import { certificatePem, privateKeyPem, selfSigned } from '../oracle/identities.ts';
import { OpensslFolder } from '../oracle/openssl.ts';
import { attribute } from './attributes.ts';
import { issuerAndSerialNumber } from './certificate-id.ts';
import { CmsError } from './cms-error.ts';
import { contentInfo } from './content-info.ts';
import { certificatesOnly, createSignedData } from './create-signed-data.ts';
import { digestIdentifier, signBytes } from './signature-algorithm.ts';
import { verifySignedData } from './verify-signed-data.ts';

const CONTENT = Buffer.from('<plist/>\r\n\u0000');
const signer = selfSigned('signer');
const stranger = selfSigned('stranger');
const folder = new OpensslFolder();
afterAll(() => folder.remove());
beforeAll(() => {
  folder.write('content.bin', CONTENT);
  folder.write('signer.pem', certificatePem(signer.certificate));
  folder.write('signer.key', privateKeyPem(signer.privateKey));
  folder.write('stranger.pem', certificatePem(stranger.certificate));
  folder.write('stranger.key', privateKeyPem(stranger.privateKey));
  folder.run('ecparam -name prime256v1 -genkey -noout -out ec.key');
  folder.run('req -x509 -new -key ec.key -subj /CN=ec -out ec.pem');
});

function sign(options: string, who = 'signer'): Buffer {
  folder.run(
    `cms -sign -binary -in content.bin -signer ${who}.pem -inkey ${who}.key -outform DER -out signed.der ${options}`,
  );
  return folder.read('signed.der');
}

function refusal(verify: () => unknown): string {
  try {
    verify();
  } catch (error) {
    if (error instanceof CmsError) return error.kind;
    throw error;
  }
  return 'verified';
}

/** A SignedData of the test's own making, for shapes that no honest tool writes. */
function signedData(parts: {
  readonly attributes?: readonly Buffer[];
  readonly content?: Buffer;
  readonly infos?: number;
}): Buffer {
  const { attributes = [], content = CONTENT, infos = 1 } = parts;
  const signed = attributes.length === 0 ? content : set(...attributes);
  const info = sequence(
    integer(1),
    issuerAndSerialNumber(signer.certificate),
    digestIdentifier('sha256'),
    ...(attributes.length === 0 ? [] : [contextTag(0, signed.subarray(signed[1] === 0x81 ? 3 : 2))]),
    sequence(oid(OID.rsaEncryption), nullValue()),
    octetString(signBytes(signed, signer.privateKey, 'sha256')),
  );
  return contentInfo(
    OID.signedData,
    sequence(
      integer(1),
      set(digestIdentifier('sha256')),
      sequence(oid(OID.data), contextTag(0, octetString(content))),
      contextTag(0, signer.certificate.der),
      set(...Array.from({ length: infos }, () => info)),
    ),
  );
}

const contentType = attribute({ oid: OID.contentType, value: oid(OID.data) });
const digestOf = (content: Buffer): Buffer => {
  const made = createSignedData({ content, signer, digest: 'sha256' });
  const value = verifySignedData(made).attributes.get(OID.messageDigest);
  return attribute({ oid: OID.messageDigest, value: value ?? Buffer.alloc(0) });
};

describe('verifySignedData', () => {
  it.each([
    ['SHA-1 without attributes in BER, as Macs sign', '-md sha1 -noattr -stream', 'sha1'],
    ['SHA-256 with attributes', '-md sha256', 'sha256'],
    ['SHA-512 with attributes in BER', '-md sha512 -stream', 'sha512'],
    ['a signer named by key identifier', '-md sha256 -keyid', 'sha256'],
    ['a signer whose certificate is not the first', '-md sha256 -certfile stranger.pem', 'sha256'],
  ])('verifies %s, detached', (_, options, digest) => {
    const verified = verifySignedData(sign(options), { detachedContent: CONTENT });
    expect(verified.signer.sha256).toBe(signer.certificate.sha256);
    expect(verified.digest).toBe(digest);
    expect(verified.content).toEqual(CONTENT);
  });

  it.each(['-nodetach', '-nodetach -stream', '-nodetach -noattr'])(
    'verifies content inside (%s)',
    (options) => {
      expect(verifySignedData(sign(`-md sha256 ${options}`)).content).toEqual(CONTENT);
    },
  );

  it('verifies EC signers, with and without attributes', () => {
    for (const options of ['-md sha256', '-md sha384 -noattr']) {
      const { signer: ec } = verifySignedData(sign(options, 'ec'), { detachedContent: CONTENT });
      expect(ec.publicKey.asymmetricKeyType).toBe('ec');
    }
  });

  it('refuses changed content, whichever the shape', () => {
    const changed = Buffer.from(CONTENT);
    changed[3] = 0x21;
    for (const options of ['-md sha1 -noattr', '-md sha256']) {
      const bytes = sign(options);
      const answer = refusal(() => verifySignedData(bytes, { detachedContent: changed }));
      expect(answer).toBe(options.endsWith('noattr') ? 'bad-signature' : 'content-changed');
      expect(refusal(() => verifySignedData(bytes, { detachedContent: Buffer.alloc(0) }))).toBe(answer);
    }
  });

  it('2.4-4 3.4-3 refuses attributes that do not bind the content', () => {
    const digest = digestOf(CONTENT);
    const wrongType = attribute({ oid: OID.contentType, value: oid(OID.signedData) });
    const twoDigests = sequence(
      oid(OID.messageDigest),
      set(octetString(Buffer.alloc(32)), octetString(Buffer.alloc(32, 1))),
    );
    expect(refusal(() => verifySignedData(signedData({ attributes: [contentType, digest] })))).toBe(
      'verified',
    );
    expect(refusal(() => verifySignedData(signedData({ attributes: [contentType] })))).toBe('malformed');
    expect(refusal(() => verifySignedData(signedData({ attributes: [digest] })))).toBe('malformed');
    expect(refusal(() => verifySignedData(signedData({ attributes: [wrongType, digest] })))).toBe(
      'malformed',
    );
    expect(refusal(() => verifySignedData(signedData({ attributes: [contentType, digest, digest] })))).toBe(
      'malformed',
    );
    expect(() => verifySignedData(signedData({ attributes: [contentType, twoDigests] }))).toThrow(
      'ASN.1 unexpected',
    );
    const other = digestOf(Buffer.from('other'));
    expect(refusal(() => verifySignedData(signedData({ attributes: [contentType, other] })))).toBe(
      'content-changed',
    );
  });

  it('refuses the signed attributes of one message as the content of another', () => {
    const attributes = set(contentType, digestOf(CONTENT));
    expect(refusal(() => verifySignedData(signedData({ content: attributes })))).toBe('bad-signature');
    expect(refusal(() => verifySignedData(signedData({ content: Buffer.from('1 is a digit') })))).toBe(
      'verified',
    );
  });

  it('2.4-2 refuses two signers and none', () => {
    expect(() => verifySignedData(signedData({ infos: 2 }))).toThrow('ASN.1 unexpected');
    expect(() => verifySignedData(signedData({ infos: 0 }))).toThrow('ASN.1 unexpected');
    expect(() => verifySignedData(certificatesOnly([signer.certificate.der]))).toThrow('ASN.1 unexpected');
  });

  it('refuses a message without the certificate of its signer', () => {
    const bytes = sign('-md sha256 -nocerts -certfile stranger.pem');
    expect(refusal(() => verifySignedData(bytes, { detachedContent: CONTENT }))).toBe('signer-missing');
  });

  it('refuses other content inside than beside the message, and content nowhere', () => {
    const inside = sign('-md sha256 -nodetach');
    const other = Buffer.from('other');
    expect(refusal(() => verifySignedData(inside, { detachedContent: other }))).toBe('unexpected-content');
    expect(refusal(() => verifySignedData(inside, { detachedContent: CONTENT }))).toBe('verified');
    expect(refusal(() => verifySignedData(sign('-md sha256')))).toBe('no-content');
  });

  it('refuses RSA-PSS and MD5', () => {
    const md5 = sign('-md md5');
    const pss = sign('-md sha256 -keyopt rsa_padding_mode:pss');
    expect(refusal(() => verifySignedData(md5, { detachedContent: CONTENT }))).toBe('unsupported-algorithm');
    expect(() => verifySignedData(pss, { detachedContent: CONTENT })).toThrow('ASN.1 unexpected');
  });

  it('hands out the attributes as they stood', () => {
    const value = utf8String('19');
    const bytes = createSignedData({
      content: CONTENT,
      signer,
      digest: 'sha256',
      attributes: [{ oid: '1.2.3.4', value }],
    });
    expect(verifySignedData(bytes).attributes.get('1.2.3.4')).toEqual(value);
  });
});

describe('createSignedData', () => {
  it.each([
    ['detached', { detached: true }, '-content content.bin'],
    ['detached without attributes', { detached: true, attributes: 'none' as const }, '-content content.bin'],
    ['with its content', {}, ''],
    ['with other attributes', { attributes: [{ oid: '1.2.3.4', value: nullValue() }] }, ''],
  ])('makes what openssl verifies: %s', (_, shape, options) => {
    for (const digest of ['sha1', 'sha256', 'sha384', 'sha512'] as const) {
      folder.write('ours.der', createSignedData({ content: CONTENT, signer, digest, ...shape }));
      folder.run(
        `cms -verify -binary -inform DER -in ours.der -CAfile signer.pem -purpose any -no_check_time -out verified.bin ${options}`.trim(),
      );
      expect(folder.read('verified.bin')).toEqual(CONTENT);
    }
  });

  it('makes certificate bags that openssl reads', () => {
    folder.write('bag.der', certificatesOnly([signer.certificate.der, stranger.certificate.der]));
    const text = folder.run('pkcs7 -inform DER -in bag.der -print_certs -noout');
    expect(text.match(/subject=/g)).toHaveLength(2);
  });

  it('signs with EC keys', () => {
    folder.run('x509 -in ec.pem -outform DER -out ec.der');
    folder.run('pkcs8 -topk8 -nocrypt -in ec.key -out ec8.key');
    const ec = parseCertificate(folder.read('ec.der'));
    const privateKey = createPrivateKey(folder.read('ec8.key'));
    const bytes = createSignedData({
      content: CONTENT,
      signer: { certificate: ec, privateKey },
      digest: 'sha256',
    });
    folder.write('ours.der', bytes);
    folder.run('cms -verify -binary -inform DER -in ours.der -CAfile ec.pem -purpose any -out verified.bin');
    expect(folder.read('verified.bin')).toEqual(CONTENT);
    expect(readBer(bytes).hasDerLength).toBe(true);
  });
});
