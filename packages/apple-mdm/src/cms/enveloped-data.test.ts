import { constants, publicEncrypt, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseCertificate } from '../certificate.ts';
import { OID } from '../der/oids.ts';
import { contextPrimitive, integer, nullValue, octetString, oid, sequence, set } from '../der/write.ts';
import { certificatePem, privateKeyPem, selfSigned } from '../oracle/identities.ts';
import { OpensslFolder } from '../oracle/openssl.ts';
import { issuerAndSerialNumber } from './certificate-id.ts';
import { CmsError } from './cms-error.ts';
import { type ContentCipher, cipherIdentifier, encryptContent, keyLength } from './content-cipher.ts';
import { contentInfo } from './content-info.ts';
import { openEnvelopedData, readEnvelope, sealEnvelopedData } from './enveloped-data.ts';

const CONTENT = Buffer.from('ABCD-2345-EFGH-6789-TUVW-XYZ2');
const escrow = selfSigned('FileVault escrow');
const other = selfSigned('FileVault escrow');
const folder = new OpensslFolder();
afterAll(() => folder.remove());
beforeAll(() => {
  folder.write('content.txt', CONTENT);
  folder.write('escrow.pem', certificatePem(escrow.certificate));
  folder.write('escrow.key', privateKeyPem(escrow.privateKey));
  folder.write('other.pem', certificatePem(other.certificate));
});

function encrypt(options: string): Buffer {
  folder.run(`cms -encrypt -binary -in content.txt -outform DER -out cms.der ${options}`);
  return folder.read('cms.der');
}

function refusal(open: () => unknown): string {
  try {
    open();
  } catch (error) {
    if (error instanceof CmsError) return error.kind;
    throw error;
  }
  return 'opened';
}

/** An envelope whose content key and encrypted content are of the test's own making. */
function envelope(cipher: ContentCipher, contentKey: Buffer, encrypted: Buffer, iv: Buffer): Buffer {
  const encryptedKey = publicEncrypt(
    { key: escrow.publicKey, padding: constants.RSA_PKCS1_PADDING },
    contentKey,
  );
  const info = sequence(
    integer(0),
    issuerAndSerialNumber(escrow.certificate),
    sequence(oid(OID.rsaEncryption), nullValue()),
    octetString(encryptedKey),
  );
  const content = sequence(oid(OID.data), cipherIdentifier({ cipher, iv }), contextPrimitive(0, encrypted));
  return contentInfo(OID.envelopedData, sequence(integer(0), set(info), content));
}

describe('openEnvelopedData', () => {
  it.each([
    ['3DES in BER, as Macs write it', '-des3 -stream -indef escrow.pem', 'des-ede3-cbc'],
    ['3DES in DER', '-des3 escrow.pem', 'des-ede3-cbc'],
    ['AES-128', '-aes128 escrow.pem', 'aes-128-cbc'],
    ['AES-192', '-aes192 escrow.pem', 'aes-192-cbc'],
    ['AES-256 in BER', '-aes256 -stream -indef escrow.pem', 'aes-256-cbc'],
    ['a recipient named by key identifier', '-aes256 -keyid escrow.pem', 'aes-256-cbc'],
    ['a second recipient', '-aes128 other.pem escrow.pem', 'aes-128-cbc'],
  ])('5.4-1 5.4-2 opens %s', (_, options, cipher) => {
    const bytes = encrypt(options);
    expect(openEnvelopedData(bytes, [escrow])).toEqual(CONTENT);
    expect(readEnvelope(bytes).cipher).toBe(cipher);
  });

  it('reads the names of all recipients', () => {
    const { recipients } = readEnvelope(encrypt('-aes128 other.pem escrow.pem'));
    const serials = recipients.map((id) =>
      id.by === 'issuer-and-serial' ? id.serialNumber.toString('hex') : '',
    );
    expect(new Set(serials)).toEqual(
      new Set([other, escrow].map(({ certificate }) => certificate.serialNumber.toString('hex'))),
    );
    expect(readEnvelope(encrypt('-aes128 -keyid escrow.pem')).recipients).toEqual([
      { by: 'subject-key-identifier', subjectKeyIdentifier: escrow.certificate.subjectKeyIdentifier },
    ]);
  });

  it('picks the right one of several keys', () => {
    expect(openEnvelopedData(encrypt('-des3 escrow.pem'), [other, escrow])).toEqual(CONTENT);
  });

  it('refuses what is addressed to somebody else', () => {
    expect(refusal(() => openEnvelopedData(encrypt('-des3 other.pem'), [escrow]))).toBe('not-addressed');
    expect(refusal(() => openEnvelopedData(encrypt('-des3 other.pem'), []))).toBe('not-addressed');
  });

  it('5.4-3 refuses OAEP and authenticated ciphers by name of the algorithm', () => {
    const oaep = encrypt('-aes256 -recip escrow.pem -keyopt rsa_padding_mode:oaep');
    expect(refusal(() => openEnvelopedData(oaep, [escrow]))).toBe('unsupported-algorithm');
  });

  it('2.5-7 takes single DES only where the caller allows it', () => {
    const sealed = sealEnvelopedData(CONTENT, { recipient: escrow.certificate, cipher: 'des-cbc' });
    expect(refusal(() => openEnvelopedData(sealed, [escrow]))).toBe('unsupported-algorithm');
    expect(openEnvelopedData(sealed, [escrow], { allowSingleDes: true })).toEqual(CONTENT);
  });

  it('5.4-4 answers every failure of key or content alike', () => {
    const { iv, encrypted } = encryptContent(CONTENT, 'aes-128-cbc', randomBytes(16));
    const good = encryptContent(CONTENT, 'aes-128-cbc', Buffer.alloc(16, 1));
    const wrong = [
      envelope('aes-128-cbc', Buffer.alloc(16, 1), good.encrypted.subarray(0, -1), good.iv),
      envelope('aes-128-cbc', Buffer.alloc(16, 1), Buffer.alloc(0), good.iv),
      envelope('aes-128-cbc', randomBytes(24), encrypted.subarray(0, 15), iv),
      envelope('aes-128-cbc', Buffer.alloc(0), encrypted.subarray(0, 15), iv),
    ];
    expect(wrong.map((bytes) => refusal(() => openEnvelopedData(bytes, [escrow])))).toEqual(
      wrong.map(() => 'not-openable'),
    );
    expect(
      openEnvelopedData(envelope('aes-128-cbc', Buffer.alloc(16, 1), good.encrypted, good.iv), [escrow]),
    ).toEqual(CONTENT);
  });

  it('never opens to the content with one bit of the encrypted key changed', () => {
    const bytes = encrypt('-des3 escrow.pem');
    const keyAt = bytes.indexOf(Buffer.from('04820100', 'hex')) + 4;
    for (let i = 0; i < 64; i += 1) {
      const changed = Buffer.from(bytes);
      changed[keyAt + i * 4] = (changed[keyAt + i * 4] ?? 0) ^ (1 << (i % 8));
      let opened: Buffer | null = null;
      const answer = refusal(() => {
        opened = openEnvelopedData(changed, [escrow]);
      });
      // Noise may end in what looks like padding, one time in 256.
      expect(['not-openable', 'opened']).toContain(answer);
      expect(opened).not.toEqual(CONTENT);
    }
  });

  it('says nothing of the message in its errors', () => {
    const bytes = Buffer.from(encrypt('-des3 escrow.pem'));
    const last = bytes.length - 1;
    const answers = Array.from({ length: 16 }, (_, i) => {
      bytes[last] = (bytes[last] ?? 0) ^ (i + 1);
      try {
        return openEnvelopedData(bytes, [escrow]).length;
      } catch (error) {
        return error instanceof Error ? error.message + String(error.cause) : error;
      }
    });
    expect(answers).toContain('CMS: not-openableundefined');
    expect(
      answers.filter((answer) => typeof answer === 'string' && answer !== 'CMS: not-openableundefined'),
    ).toEqual([]);
  });

  it('refuses more recipients than a message ever has, before any private key is used', () => {
    const info = sequence(
      integer(0),
      issuerAndSerialNumber(escrow.certificate),
      sequence(oid(OID.rsaEncryption), nullValue()),
      octetString(randomBytes(256)),
    );
    const infos = Array.from({ length: 17 }, () => info);
    const content = sequence(
      oid(OID.data),
      cipherIdentifier({ cipher: 'aes-128-cbc', iv: randomBytes(16) }),
      contextPrimitive(0, randomBytes(16)),
    );
    const bytes = contentInfo(OID.envelopedData, sequence(integer(0), set(...infos), content));
    expect(refusal(() => openEnvelopedData(bytes, [escrow]))).toBe('malformed');
  });
});

describe('sealEnvelopedData', () => {
  it.each(['des-ede3-cbc', 'aes-128-cbc', 'aes-192-cbc', 'aes-256-cbc'] as const)(
    'makes what openssl opens, in %s',
    (cipher) => {
      folder.write('sealed.der', sealEnvelopedData(CONTENT, { recipient: escrow.certificate, cipher }));
      const opened = folder.run(
        'cms -decrypt -binary -inform DER -in sealed.der -inkey escrow.key -recip escrow.pem',
      );
      expect(opened).toBe(CONTENT.toString());
    },
  );

  it('makes single DES that openssl opens', () => {
    folder.write(
      'sealed.der',
      sealEnvelopedData(CONTENT, { recipient: escrow.certificate, cipher: 'des-cbc' }),
    );
    const opened = folder.run(
      'cms -decrypt -binary -inform DER -in sealed.der -inkey escrow.key -recip escrow.pem -provider legacy -provider default',
    );
    expect(opened).toBe(CONTENT.toString());
    expect(keyLength('des-cbc')).toBe(8);
  });

  it('refuses a recipient whose key is not RSA', () => {
    folder.run(
      'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ec.key -subj /CN=ec -outform DER -out ec.der',
    );
    const recipient = parseCertificate(folder.read('ec.der'));
    expect(refusal(() => sealEnvelopedData(CONTENT, { recipient, cipher: 'aes-128-cbc' }))).toBe(
      'unsupported-algorithm',
    );
  });

  it('opens again at every length', () => {
    for (const length of [0, 1, 7, 8, 15, 16, 17, 1000, 200_000]) {
      const content = randomBytes(length);
      const sealed = sealEnvelopedData(content, { recipient: escrow.certificate, cipher: 'aes-256-cbc' });
      expect(openEnvelopedData(sealed, [escrow])).toEqual(content);
    }
  });
});
