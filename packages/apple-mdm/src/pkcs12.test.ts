import { createPrivateKey, createPublicKey } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { userIdOf } from './certificate/user-id.ts';
import { parseCertificate } from './certificate.ts';
import { mutate, seeded } from './oracle/mutations.ts';
import { OpensslFolder } from './oracle/openssl.ts';
import { Pkcs12Error } from './pkcs12/pkcs12-error.ts';
import { readPkcs12 } from './pkcs12.ts';

const folder = new OpensslFolder();
const UID = 'com.apple.mgmt.External.11111111-2222-3333-4444-555555555555';
afterAll(() => folder.remove());
beforeAll(() => {
  folder.run(
    `req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 30 -subj /UID=${UID}/CN=APSP`,
  );
});

/** The file that openssl makes of the pair, with these words more. */
function exported(words: string, password = 'correct-horse'): Buffer {
  folder.run(`pkcs12 -export -inkey key.pem -in cert.pem -out p12 -passout pass:${password} ${words}`.trim());
  return folder.read('p12');
}
const kindOf = async (reading: Promise<unknown>): Promise<string> => {
  try {
    await reading;
  } catch (error) {
    if (error instanceof Pkcs12Error) return error.kind;
    throw error;
  }
  return 'read';
};

describe('a PKCS #12 file', () => {
  it.each([
    ['as openssl makes it today', ''],
    ['with AES-128 and a MAC of SHA-512', '-keypbe aes-128-cbc -certpbe aes-128-cbc -macalg sha512'],
    ['with AES-256 and SHA-384', '-macalg sha384'],
    ['with 3DES throughout, in the old way', '-keypbe PBE-SHA1-3DES -certpbe PBE-SHA1-3DES -macalg sha1'],
    ['with nothing encrypted but its MAC', '-keypbe NONE -certpbe NONE'],
    ['whose iterations are one', '-iter 1 -noiter -nomaciter'],
  ])('%s opens to the key and its certificate', async (_name, words) => {
    const { privateKeys, certificates } = await readPkcs12(exported(words), 'correct-horse');
    const [der = Buffer.alloc(0)] = certificates;
    const certificate = parseCertificate(der);
    const key = createPrivateKey({ key: privateKeys[0] ?? Buffer.alloc(0), format: 'der', type: 'pkcs8' });
    expect(createPublicKey(key).equals(certificate.publicKey)).toBe(true);
    expect(userIdOf(certificate)).toBe(UID);
    expect([privateKeys.length, certificates.length]).toEqual([1, 1]);
  });

  it('with an empty password, or one beyond ASCII, opens', async () => {
    expect((await readPkcs12(exported('', ''), '')).privateKeys).toHaveLength(1);
    expect((await readPkcs12(exported('', 'schlüssel€'), 'schlüssel€')).privateKeys).toHaveLength(1);
  });

  it('with the certificate in RC2, as old tools write it, says so', async () => {
    const old = exported('-legacy -keypbe PBE-SHA1-3DES -certpbe PBE-SHA1-RC2-40 -macalg sha1');
    expect(await kindOf(readPkcs12(old, 'correct-horse'))).toBe('rc2');
  });

  it('does not open to another password', async () => {
    for (const words of ['', '-keypbe PBE-SHA1-3DES -certpbe PBE-SHA1-3DES']) {
      expect(await kindOf(readPkcs12(exported(words), 'correct-horsf'))).toBe('wrong-password');
    }
  });

  it('without a MAC is not taken', async () => {
    expect(await kindOf(readPkcs12(exported('-nomac'), 'correct-horse'))).toBe('unsupported-algorithm');
  });

  it('that is something else is malformed', async () => {
    for (const bytes of [Buffer.alloc(0), Buffer.from('3000', 'hex'), folder.read('cert.pem')]) {
      expect(await kindOf(readPkcs12(bytes, ''))).toBe('malformed');
    }
  });

  it('with changed octets is refused in our own words, or says the same', async () => {
    const sound = exported('-iter 1 -nomaciter');
    const chance = seeded(12);
    for (let round = 0; round < 600; round += 1) {
      const changed = mutate(sound, chance);
      expect(['malformed', 'wrong-password', 'unsupported-algorithm', 'rc2', 'read']).toContain(
        await kindOf(readPkcs12(changed, 'correct-horse')),
      );
    }
  });
});
