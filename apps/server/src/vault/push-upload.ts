import { createPrivateKey, type KeyObject } from 'node:crypto';
import { type Certificate, parseCertificate } from '@keyhaven/apple-mdm/certificate';
import { CertificateError } from '@keyhaven/apple-mdm/certificate/certificate-error';
import { type PemBlock, readPem } from '@keyhaven/apple-mdm/pem';
import { readPkcs12 } from '@keyhaven/apple-mdm/pkcs12';
import { DerivationBudget } from '@keyhaven/apple-mdm/pkcs12/derivation-budget';
import { openEncryptedKey } from '@keyhaven/apple-mdm/pkcs12/encrypted-key';
import { Pkcs12Error, type Pkcs12ErrorKind } from '@keyhaven/apple-mdm/pkcs12/pkcs12-error';
import type { PushCertificateFlaw } from '../kernel/refusal.ts';
import { ok, type Result, refused } from '../kernel/result.ts';

/** A push certificate as somebody hands it in. */
export type PushUpload =
  | {
      /** PEM; the key may stand in the same text, or be missing. */
      readonly certificate: string;
      readonly key?: string | undefined;
      readonly password?: string | undefined;
    }
  | {
      /** Base64. */
      readonly pkcs12: string;
      readonly password?: string | undefined;
    };

/** What was found in it, in its order. */
export type PushMaterial = {
  readonly certificates: readonly [Certificate, ...Certificate[]];
  readonly keys: readonly KeyObject[];
};

/** Leaves this file as a Result only. */
class Flaw extends Error {
  readonly flaw: PushCertificateFlaw;
  constructor(flaw: PushCertificateFlaw) {
    super('flaw');
    this.flaw = flaw;
  }
}

/** Takes what was handed in apart, and opens what its password closes. Checks nothing yet. */
export async function readPushUpload(upload: PushUpload): Promise<Result<PushMaterial, PushCertificateFlaw>> {
  try {
    const { certificates, keys } =
      'pkcs12' in upload
        ? await fromPkcs12(Buffer.from(upload.pkcs12, 'base64'), upload.password ?? '')
        : await fromPem(readPem(`${upload.certificate}\n${upload.key ?? ''}`), upload.password);
    const [first, ...more] = certificates.map(readCertificate);
    return first === undefined
      ? refused('push-certificate-unreadable')
      : ok({ certificates: [first, ...more], keys });
  } catch (error) {
    if (error instanceof Flaw) return refused(error.flaw);
    throw error;
  }
}

type Parts = { readonly certificates: readonly Buffer[]; readonly keys: readonly KeyObject[] };

/** Of all the keys of one PEM text. */
const maximumClosedKeys = 2;
const pemLimits = { iterations: 2_000_000, rounds: 5_000_000 };

async function fromPem(blocks: readonly PemBlock[], password: string | undefined): Promise<Parts> {
  const found = blocks.filter(({ label }) => label.endsWith('PRIVATE KEY'));
  if (found.filter(isClosed).length > maximumClosedKeys) throw new Flaw('push-certificate-unreadable');
  const budget = new DerivationBudget(pemLimits);
  const keys: KeyObject[] = [];
  for (const block of found) keys.push(await readKey(block, password, budget));
  const certificates = blocks.filter(({ label }) => label === 'CERTIFICATE').map(({ bytes }) => bytes);
  return { certificates, keys };
}

const closedLabel = 'ENCRYPTED PRIVATE KEY';
const isClosed = ({ label, text }: PemBlock): boolean =>
  label === closedLabel || text.includes('4,ENCRYPTED');

async function readKey(
  block: PemBlock,
  password: string | undefined,
  budget: DerivationBudget,
): Promise<KeyObject> {
  if (!isClosed(block)) return readOpenKey(block.text);
  if (password === undefined) throw new Flaw('push-certificate-password');
  if (block.label !== closedLabel) return readOldKey(block.text, password);
  const der = await inOurWords(openEncryptedKey(block.bytes, password, budget));
  return readPkcs8(der, 'push-certificate-password');
}

/** Without a password OpenSSL derives nothing, whatever it finds in the text. */
function readOpenKey(text: string): KeyObject {
  try {
    return createPrivateKey({ key: text, format: 'pem' });
  } catch {
    throw new Flaw('push-certificate-unreadable');
  }
}

// Nothing else in it: OpenSSL must not come upon another block, which could ask for any number of iterations.
const oldKey = new RegExp(
  [
    /^-----BEGIN (?:RSA|EC) PRIVATE KEY-----\r?\n/,
    /Proc-Type: 4,ENCRYPTED\r?\nDEK-Info: [A-Z0-9-]{1,20},[0-9A-Fa-f]{1,64}\r?\n\r?\n/,
    /[A-Za-z0-9+/=\r\n]+-----END (?:RSA|EC) PRIVATE KEY-----$/,
  ]
    .map(({ source }) => source)
    .join(''),
);

/** The form before PKCS #8: headers inside, and a single round of MD5. */
function readOldKey(text: string, password: string): KeyObject {
  if (!oldKey.test(text)) throw new Flaw('push-certificate-unreadable');
  try {
    return createPrivateKey({ key: text, format: 'pem', passphrase: password });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    const old = code.endsWith('UNSUPPORTED');
    throw new Flaw(old ? 'push-certificate-old-cipher' : 'push-certificate-password');
  }
}

const flawOfPkcs12: Readonly<Record<Pkcs12ErrorKind, PushCertificateFlaw>> = {
  malformed: 'push-certificate-unreadable',
  'wrong-password': 'push-certificate-password',
  'unsupported-algorithm': 'push-certificate-old-cipher',
  rc2: 'push-certificate-old-cipher',
};

async function fromPkcs12(bytes: Buffer, password: string): Promise<Parts> {
  const { certificates, privateKeys } = await inOurWords(readPkcs12(bytes, password));
  return { certificates, keys: privateKeys.map((der) => readPkcs8(der, 'push-certificate-unreadable')) };
}

async function inOurWords<Read>(reading: Promise<Read>): Promise<Read> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof Pkcs12Error) throw new Flaw(flawOfPkcs12[error.kind]);
    throw error;
  }
}

function readPkcs8(der: Buffer, otherwise: PushCertificateFlaw): KeyObject {
  try {
    return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  } catch {
    throw new Flaw(otherwise);
  } finally {
    der.fill(0);
  }
}

function readCertificate(der: Buffer): Certificate {
  try {
    return parseCertificate(der);
  } catch (error) {
    if (!(error instanceof CertificateError)) throw error;
    const foreign = error.kind === 'unsupported-key';
    throw new Flaw(foreign ? 'push-certificate-not-rsa' : 'push-certificate-unreadable');
  }
}
