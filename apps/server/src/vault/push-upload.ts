import { createPrivateKey, type KeyObject } from 'node:crypto';
import { type Certificate, parseCertificate } from '@keyhaven/apple-mdm/certificate';
import { CertificateError } from '@keyhaven/apple-mdm/certificate/certificate-error';
import { type PemBlock, readPem } from '@keyhaven/apple-mdm/pem';
import { readPkcs12 } from '@keyhaven/apple-mdm/pkcs12';
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
export function readPushUpload(upload: PushUpload): Result<PushMaterial, PushCertificateFlaw> {
  try {
    const { certificates, keys } =
      'pkcs12' in upload
        ? fromPkcs12(Buffer.from(upload.pkcs12, 'base64'), upload.password ?? '')
        : fromPem(readPem(`${upload.certificate}\n${upload.key ?? ''}`), upload.password);
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

function fromPem(blocks: readonly PemBlock[], password: string | undefined): Parts {
  return {
    certificates: blocks.filter(({ label }) => label === 'CERTIFICATE').map(({ bytes }) => bytes),
    keys: blocks
      .filter(({ label }) => label.endsWith('PRIVATE KEY'))
      .map((block) => readKey(block, password)),
  };
}

function readKey({ label, text }: PemBlock, password: string | undefined): KeyObject {
  const closed = label.startsWith('ENCRYPTED ') || text.includes('4,ENCRYPTED');
  try {
    return createPrivateKey({
      key: text,
      format: 'pem',
      ...(password === undefined ? {} : { passphrase: password }),
    });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (code.endsWith('UNSUPPORTED') && closed) throw new Flaw('push-certificate-old-cipher');
    throw new Flaw(closed ? 'push-certificate-password' : 'push-certificate-unreadable');
  }
}

const flawOfPkcs12: Readonly<Record<Pkcs12ErrorKind, PushCertificateFlaw>> = {
  malformed: 'push-certificate-unreadable',
  'wrong-password': 'push-certificate-password',
  'unsupported-algorithm': 'push-certificate-old-cipher',
  rc2: 'push-certificate-old-cipher',
};

function fromPkcs12(bytes: Buffer, password: string): Parts {
  try {
    const { certificates, privateKeys } = readPkcs12(bytes, password);
    return { certificates, keys: privateKeys.map(readPkcs8) };
  } catch (error) {
    if (error instanceof Pkcs12Error) throw new Flaw(flawOfPkcs12[error.kind]);
    throw error;
  }
}

function readPkcs8(der: Buffer): KeyObject {
  try {
    return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  } catch {
    throw new Flaw('push-certificate-unreadable');
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
