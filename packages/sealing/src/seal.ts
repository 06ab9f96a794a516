import { randomBytes } from 'node:crypto';
import { decrypt, encrypt, KEY_LENGTH } from './aes-256-gcm.ts';
import { type Binding, bindingParts } from './binding.ts';
import type { KeyEncryption } from './key-encryption.port.ts';
import { lengthPrefixed } from './length-prefixed.ts';
import { encodePrefix, FORMAT, partsOf, type Sealed, sealedFromBytes } from './record.ts';
import { SealingError } from './sealing-error.ts';
import { Secret } from './secret.ts';
import { CURRENT_SUITE, type Suite } from './suite.ts';

/** Seals under a data key that is used this once. The record opens only with the same binding. */
export async function seal(secret: Secret, binding: Binding, keys: KeyEncryption): Promise<Sealed> {
  const dataKey = randomBytes(KEY_LENGTH);
  try {
    const aad = wrapAad(binding, CURRENT_SUITE);
    const wrapped = await keys.wrap(dataKey, aad, binding.ownershipClass);
    return sealUnder(dataKey, secret, encodePrefix(binding.ownershipClass, wrapped), binding);
  } finally {
    dataKey.fill(0);
  }
}

/**
 * Throws SealingError: `malformed`, `unknown-suite`, `unknown-generation`, or `does-not-open` for a changed record,
 * another binding or other keys, without telling which.
 */
export async function open(sealed: Sealed, binding: Binding, keys: KeyEncryption): Promise<Secret> {
  const { suite, ownershipClass, generation, wrapped, prefix, box } = partsOf(sealed);
  // Decided before any key is asked: a record of one class never reaches the master keys of another.
  if (ownershipClass !== binding.ownershipClass) throw new SealingError('does-not-open');
  const dataKey = await keys.unwrap(wrapped, generation, ownershipClass, wrapAad(binding, suite));
  try {
    if (dataKey.length !== KEY_LENGTH) throw new SealingError('does-not-open');
    const plaintext = decrypt(dataKey, box, dataAad(binding, prefix));
    const secret = Secret.of(plaintext);
    plaintext.fill(0);
    return secret;
  } finally {
    dataKey.fill(0);
  }
}

function sealUnder(dataKey: Uint8Array, secret: Secret, prefix: Uint8Array, binding: Binding): Sealed {
  const plaintext = secret.expose();
  try {
    return sealedFromBytes(Buffer.concat([prefix, encrypt(dataKey, plaintext, dataAad(binding, prefix))]));
  } finally {
    plaintext.fill(0);
  }
}

// Two domains, so that a wrap never passes for data nor data for a wrap.
function wrapAad(binding: Binding, suite: Suite): Buffer {
  return lengthPrefixed(['keyhaven sealed: data key', Buffer.of(FORMAT, suite), ...bindingParts(binding)]);
}

function dataAad(binding: Binding, prefix: Uint8Array): Buffer {
  return lengthPrefixed(['keyhaven sealed: data', prefix, ...bindingParts(binding)]);
}
