import { afterAll, beforeAll, expect, it } from 'vitest';
import { OpensslFolder } from '../oracle/openssl.ts';
import { readPkcs12 } from '../pkcs12.ts';
import { DerivationBudget } from './derivation-budget.ts';
import { openEncryptedKey } from './encrypted-key.ts';
import { askingFor, askingForOld, makePfx, shroudedKeyBag } from './pfx.fixture.ts';

// A count that is not refused would keep these tests busy until their time is over.
const tooMany = 0x7fff_ffff;
const malformed = { kind: 'malformed' };
const folder = new OpensslFolder();
afterAll(() => folder.remove());
beforeAll(() => {
  folder.run('req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 30 -subj /CN=A');
});

/** The key, closed by openssl. */
function closed(words: string): Buffer {
  folder.run(`pkcs8 -topk8 -in key.pem -outform DER -out closed -passout pass:word ${words}`);
  return folder.read('closed');
}

it.each([
  ['of PBKDF2 in a bag', () => makePfx([[shroudedKeyBag(askingFor(tooMany))]], '')],
  ['of PBKDF2 beyond the sign', () => makePfx([[shroudedKeyBag(askingFor(0xffff_ffff))]], '')],
  ['of the old 3DES in a bag', () => makePfx([[shroudedKeyBag(askingForOld(tooMany))]], '')],
  ['of the MAC', () => makePfx([[]], '', tooMany)],
  ['one above a million', () => makePfx([[shroudedKeyBag(askingFor(1_000_001))]], '')],
])('a PKCS #12 file with too many iterations is refused before one is done: %s', async (_name, file) => {
  await expect(readPkcs12(await file(), '')).rejects.toMatchObject(malformed);
});

it('the iterations of a whole PKCS #12 file have a bound, and each block derived costs its own', async () => {
  // 32 octets of key are two blocks of SHA-1: two million rounds a bag.
  const bag = shroudedKeyBag(closed('-v2 aes256 -v2prf hmacWithSHA1 -iter 1000000'));
  const { privateKeys } = await readPkcs12(await makePfx([[bag], [bag]], 'word'), 'word');
  expect(privateKeys).toHaveLength(2);
  for (const safes of [[[bag, bag, bag]], [[bag], [bag], [bag]]]) {
    await expect(readPkcs12(await makePfx(safes, 'word'), 'word')).rejects.toMatchObject(malformed);
  }
});

it('a PKCS #12 file holds at most 20 bags, in however many safes, as openssl writes it too', async () => {
  const certificate = folder.read('cert.pem').toString();
  const exported = (others: number): Buffer => {
    folder.write('others.pem', certificate.repeat(others));
    folder.run('pkcs12 -export -inkey key.pem -in cert.pem -certfile others.pem -out p12 -passout pass:word');
    return folder.read('p12');
  };
  expect((await readPkcs12(exported(18), 'word')).certificates).toHaveLength(19);
  await expect(readPkcs12(exported(19), 'word')).rejects.toMatchObject(malformed);
  const empty = (safes: number): Promise<Buffer> =>
    makePfx(
      Array.from({ length: safes }, () => []),
      '',
    );
  await expect(readPkcs12(await empty(21), '')).rejects.toMatchObject(malformed);
  expect(await readPkcs12(await empty(20), '')).toMatchObject({ privateKeys: [] });
});

it.each([
  ['today’s', '-v2 aes256 -iter 100000'],
  ['the old 3DES', '-v1 PBE-SHA1-3DES -iter 20000'],
])('others run while a key is opened: %s', async (_name, words) => {
  const key = closed(words);
  let ran = false;
  setImmediate(() => {
    ran = true;
  });
  const opened = await openEncryptedKey(key, 'word', new DerivationBudget({ iterations: 1e6, rounds: 1e6 }));
  expect(ran).toBe(true);
  expect(opened.length).toBeGreaterThan(1000);
});
