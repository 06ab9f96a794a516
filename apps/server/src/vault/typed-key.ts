import { seal } from '@keyhaven/sealing/seal';
import { Secret } from '@keyhaven/sealing/secret';
import { keyBinding } from './bindings.ts';
import type { VaultContext } from './context.ts';
import { canonicalKey } from './recovery-key.ts';
import { findTypedClass } from './vault.store.ts';
import type { TypedKeyVerdict, Vault } from './vault.ts';

/** Judges the two boxes and seals the key in the ownership class that it has. */
export async function sealTypedKey(
  { database, keys }: VaultContext,
  request: Parameters<Vault['sealTypedKey']>[0],
): Promise<TypedKeyVerdict> {
  const key = canonicalKey(request.recoveryKey);
  if (key === null) return { kind: 'malformed', field: 'recoveryKey' };
  const confirmation = canonicalKey(request.confirmation);
  if (confirmation !== key) return { kind: 'keys-differ' };
  const ownershipClass = await findTypedClass(database, request.device);
  if (ownershipClass === null) throw new Error('a key was typed for a Mac that is not there');
  const secret = Secret.fromText(key);
  try {
    const binding = keyBinding(request.device, request.version, ownershipClass);
    const sealed = await seal(secret, binding, keys);
    return { kind: 'sealed', sealed, ownershipClass };
  } finally {
    secret.wipe();
  }
}
