import { createHmac, createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import { sealedFromBytes } from '@keyhaven/sealing/record';
import { open, seal } from '@keyhaven/sealing/seal';
import { Secret } from '@keyhaven/sealing/secret';
import type { EnrollmentId } from '../kernel/id.ts';
import { integrationBinding } from './bindings.ts';
import type { VaultContext } from './context.ts';
import { findIntegrationSecret, insertIntegrationSecret } from './vault.store.ts';

const purpose = 'enrollment-proof';

/**
 * Proves that an address with an enrollment's id in it was written by us: HMAC-SHA256 over the id, base64url. It stands
 * in the enrollment profile for as long as the Mac is enrolled, so its key is this installation's own and never changes.
 */
export async function enrollmentProver(context: VaultContext): Promise<(enrollment: EnrollmentId) => string> {
  const key = await proofKey(context);
  return (enrollment) => createHmac('sha256', key).update(`${purpose} ${enrollment}`).digest('base64url');
}

async function proofKey(context: VaultContext): Promise<KeyObject> {
  const { database, keys, ids, clock } = context;
  const stored = await findIntegrationSecret(database, purpose);
  if (stored !== null) {
    const secret = await open(sealedFromBytes(stored.sealed), integrationBinding(stored.id), keys);
    const key = createSecretKey(secret.expose());
    secret.wipe();
    return key;
  }
  const id = ids.next();
  const secret = Secret.of(randomBytes(32));
  const sealed = await seal(secret, integrationBinding(id), keys);
  secret.wipe();
  await insertIntegrationSecret(database, purpose, { id, sealed }, ids.next<'audit-note'>(), clock.now());
  return proofKey(context);
}
