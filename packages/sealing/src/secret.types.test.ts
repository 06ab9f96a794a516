import { expect, it } from 'vitest';
import type { Binding } from './binding.ts';
import type { KeyEncryption } from './key-encryption.port.ts';
import type { Sealed } from './record.ts';
import { open, seal } from './seal.ts';
import { Secret } from './secret.ts';

// tsc checks each expected error: one that stops being an error fails the build. Never called.
function mustNotCompile(
  secret: Secret,
  sealed: Sealed,
  plain: Buffer,
  binding: Binding,
  keys: KeyEncryption,
) {
  // @ts-expect-error a secret is not text
  const text: string = secret;
  // @ts-expect-error a secret is not bytes
  const bytes: Uint8Array = secret;
  // @ts-expect-error a sealed record is not a secret
  const opened: Secret = sealed;
  // @ts-expect-error plain bytes are not a sealed record
  const stored: Sealed = plain;
  // @ts-expect-error a secret is not a sealed record
  const unsealed: Sealed = secret;
  // @ts-expect-error what looks like a secret is not one
  const forged: Secret = { expose: () => plain, equals: () => true, length: 1, wipe: () => undefined };
  // @ts-expect-error a secret is made by Secret.of and Secret.fromText
  const made = new Secret(plain);
  // @ts-expect-error only a secret is sealed
  const record = seal(plain, binding, keys);
  // @ts-expect-error plain bytes are not opened
  const again = open(plain, binding, keys);
  // @ts-expect-error a seal always says what it belongs to
  const unbound = seal(secret, { purpose: 'recovery-key', ownershipClass: 'personal', device: 'mac' }, keys);
  // @ts-expect-error a purpose is one of the known ones
  const purpose: Binding['purpose'] = 'anything';
  return [text, bytes, opened, stored, unsealed, forged, made, record, again, unbound, purpose];
}

function mustCompile(sealed: Sealed): Uint8Array {
  return sealed;
}

it('plain, secret and sealed are three types', () => {
  expect(mustNotCompile).toBeTypeOf('function');
  expect(mustCompile).toBeTypeOf('function');
});
