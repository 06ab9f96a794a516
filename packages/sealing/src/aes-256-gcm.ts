import { createCipheriv, createDecipheriv, type KeyObject, randomBytes } from 'node:crypto';
import { SealingError } from './sealing-error.ts';

const CIPHER = 'aes-256-gcm';
const IV_LENGTH = 12;
const TAG_LENGTH = 16;

export const KEY_LENGTH = 32;
/** What a box is longer than its plaintext, in bytes. */
export const BOX_OVERHEAD = IV_LENGTH + TAG_LENGTH;

/** A box: iv (12 bytes, random) ‖ ciphertext ‖ tag (16 bytes). `aad` is authenticated and not in the box. */
export function encrypt(key: KeyObject | Uint8Array, plaintext: Uint8Array, aad: Uint8Array): Buffer {
  const iv = randomBytes(IV_LENGTH);
  const cipher = createCipheriv(CIPHER, key, iv, { authTagLength: TAG_LENGTH });
  cipher.setAAD(aad);
  return Buffer.concat([iv, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
}

/** The plaintext of a box, which the caller wipes. Throws SealingError `does-not-open`. */
export function decrypt(key: KeyObject | Uint8Array, box: Uint8Array, aad: Uint8Array): Buffer {
  if (box.length < BOX_OVERHEAD) throw new SealingError('does-not-open');
  const tagStart = box.length - TAG_LENGTH;
  const decipher = createDecipheriv(CIPHER, key, box.subarray(0, IV_LENGTH), { authTagLength: TAG_LENGTH });
  decipher.setAAD(aad);
  decipher.setAuthTag(box.subarray(tagStart));
  const plaintext = decipher.update(box.subarray(IV_LENGTH, tagStart));
  try {
    decipher.final();
    return plaintext;
  } catch {
    // GCM hands out bytes before it has verified them; these must not outlive the refusal.
    plaintext.fill(0);
    throw new SealingError('does-not-open');
  }
}
