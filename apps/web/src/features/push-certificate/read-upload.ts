import type { PushCertificateUpload } from '@keyhaven/api-contract/push-certificate';

export type UploadFault = 'noFile' | 'mixed' | 'tooLarge';

/** Bytes of one file that the person chose. */
type Chosen = Uint8Array;

// A chain with its key has some 8 KB; base64 of this stays under what the server takes.
const largestBytes = 40_000;

/**
 * What to send of the chosen files: PEM texts in one, or one PKCS #12 file in base64. Whether it is a certificate at
 * all is for the server to say.
 */
export function readUpload(files: readonly Chosen[], password: string): PushCertificateUpload | UploadFault {
  const [first] = files;
  if (first === undefined) return 'noFile';
  if (files.some(({ length }) => length > largestBytes)) return 'tooLarge';
  const secret = password === '' ? {} : { password };
  const texts = files.map((file) => new TextDecoder().decode(file));
  if (texts.every(isPem)) return { certificate: texts.join('\n'), ...secret };
  return files.length === 1 ? { pkcs12: base64(first), ...secret } : 'mixed';
}

const isPem = (text: string): boolean => text.includes('-----BEGIN ');

const base64 = (bytes: Uint8Array): string =>
  btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
