import { createCipheriv, createHash } from 'node:crypto';
import { OpensslFolder } from '@keyhaven/apple-mdm/oracle/openssl';
import { writePem } from '@keyhaven/apple-mdm/pem';
import { askingFor, askingForOld, makePfx, shroudedKeyBag } from '@keyhaven/apple-mdm/pkcs12/pfx.fixture';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readPushUpload } from './push-upload.ts';

// A count that is not refused would keep these tests busy until their time is over.
const tooMany = 0x7fff_ffff;
const folder = new OpensslFolder();
let certificate: string;
afterAll(() => folder.remove());
beforeAll(() => {
  folder.run('req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 30 -subj /CN=A');
  certificate = folder.read('cert.pem').toString();
});

/** The key, closed by openssl. */
function closed(words: string): string {
  folder.run(`${words} -in key.pem -out closed -passout pass:word`);
  return folder.read('closed').toString('latin1');
}
const encrypted = (der: Buffer): string => writePem('ENCRYPTED PRIVATE KEY', der);
/** How many keys were found, or why none. */
async function outcome(key: string): Promise<number | string> {
  const read = await readPushUpload({ certificate, key, password: 'word' });
  return read.ok ? read.value.keys.length : read.refusal;
}

/** A key in the form before PKCS #8, whose password opens it to these octets. */
function oldKeyOf(content: Buffer): string {
  const iv = Buffer.alloc(16, 5);
  const key = createHash('md5').update('word').update(iv.subarray(0, 8)).digest();
  const engine = createCipheriv('aes-128-cbc', key, iv);
  const pem = writePem('RSA PRIVATE KEY', Buffer.concat([engine.update(content), engine.final()]));
  const headers = `Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,${iv.toString('hex').toUpperCase()}\n\n`;
  return pem.replace('-----\n', `-----\n${headers}`);
}

it.each([
  ['of PBKDF2', () => closed('pkcs8 -topk8 -v2 aes256 -iter 600000')],
  ['of the old 3DES', () => closed('pkcs8 -topk8 -v1 PBE-SHA1-3DES -iter 10000')],
  ['in the form before PKCS #8', () => closed('rsa -traditional -aes256')],
])('a key behind a password opens: %s', async (_name, key) => {
  expect(await outcome(key())).toBe(1);
});

it.each([
  ['one above two million, as openssl makes it', () => closed('pkcs8 -topk8 -v2 aes256 -iter 2000001')],
  ['as many as there can be', () => encrypted(askingFor(tooMany))],
  ['as many in the old 3DES', () => encrypted(askingForOld(tooMany))],
  ['in a block that another hides', () => hidden('PRIVATE KEY', encrypted(askingFor(tooMany)))],
  [
    'in a block that an old one hides',
    () => hidden('RSA PRIVATE KEY', `Proc-Type: 4,ENCRYPTED\n${encrypted(askingFor(tooMany))}`),
  ],
])('a key that asks for too many iterations is refused before one is done: %s', async (_name, key) => {
  expect(await outcome(key())).toBe('push-certificate-unreadable');
});

/** To OpenSSL the first line is none of PEM, and what is inside the first block. */
function hidden(label: string, inside: string): string {
  return `-----BEGIN ${label}----- x\n${inside}-----END ${label}-----\n`;
}

it('a key inside a key is not opened', async () => {
  const inside = Buffer.from(closed('pkcs8 -topk8 -v2 aes256 -outform DER'), 'latin1');
  for (const der of [inside, askingFor(tooMany)]) {
    expect(await outcome(oldKeyOf(der))).toBe('push-certificate-old-cipher');
  }
  folder.run('rsa -in key.pem -traditional -outform DER -out old');
  expect(await outcome(oldKeyOf(folder.read('old')))).toBe(1);
});

it('scrypt and what we do not know are refused, without trying', async () => {
  expect(await outcome(closed('pkcs8 -topk8 -scrypt'))).toBe('push-certificate-old-cipher');
  expect(await outcome(encrypted(askingFor(1, '1.2.3.4')))).toBe('push-certificate-old-cipher');
});

it('two keys behind a password are opened, of three none', async () => {
  const keys = [
    closed('pkcs8 -topk8 -v2 aes256'),
    closed('rsa -traditional -aes256'),
    closed('pkcs8 -topk8 -v2 aes128'),
  ];
  expect(await outcome(keys.slice(0, 2).join(''))).toBe(2);
  expect(await outcome(keys.join(''))).toBe('push-certificate-unreadable');
});

it('of a text only 20 blocks are read', async () => {
  const key = folder.read('key.pem').toString();
  expect(await outcome(certificate.repeat(18) + key)).toBe(1);
  expect(await outcome(certificate.repeat(19) + key)).toBe(0);
});

it('a PKCS #12 file that asks for too much is refused', async () => {
  const file = await makePfx([[shroudedKeyBag(askingFor(tooMany))]], 'word');
  expect(await readPushUpload({ pkcs12: file.toString('base64'), password: 'word' })).toEqual({
    ok: false,
    refusal: 'push-certificate-unreadable',
  });
});
