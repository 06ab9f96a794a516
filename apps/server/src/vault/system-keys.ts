import { createPrivateKey, type KeyObject } from 'node:crypto';
import { type Certificate, parseCertificate } from '@keyhaven/apple-mdm/certificate';
import { createCertificate } from '@keyhaven/apple-mdm/certificate/create-certificate';
import { createDeviceCa } from '@keyhaven/apple-mdm/scep/device-ca';
import { sealedFromBytes } from '@keyhaven/sealing/record';
import { open, seal } from '@keyhaven/sealing/seal';
import { Secret } from '@keyhaven/sealing/secret';
import { systemBinding } from './bindings.ts';
import type { VaultContext } from './context.ts';
import { makeKeyPair } from './escrow-key-pool.ts';
import { findVaultKey, insertVaultKey } from './vault.store.ts';

export type SystemKey = { readonly certificate: Certificate; readonly privateKey: KeyObject };
type SystemPurpose = 'device-ca' | 'profile-signing-key';

/** The installation's own key of this purpose, made at the first need; of several processes one wins. */
export async function systemKey(
  context: VaultContext,
  purpose: SystemPurpose,
  make: () => Promise<SystemKey>,
): Promise<SystemKey> {
  const stored = await openStoredKey(context, purpose);
  if (stored !== null) return stored;
  const made = await make();
  const id = context.ids.next();
  const secret = Secret.of(made.privateKey.export({ format: 'der', type: 'pkcs8' }));
  const sealedPrivateKey = Buffer.from(await seal(secret, systemBinding(purpose, id), context.keys));
  secret.wipe();
  const key = { id, certificate: made.certificate.der, sealedPrivateKey };
  await insertVaultKey(context.database, purpose, key, context.ids.next<'audit-note'>(), context.clock.now());
  return systemKey(context, purpose, make);
}

/** The key of this purpose as it is stored; null where none is. Throws SealingError or MasterKeyFileError. */
export async function openStoredKey(
  context: Pick<VaultContext, 'database' | 'keys'>,
  purpose: SystemPurpose,
): Promise<SystemKey | null> {
  const stored = await findVaultKey(context.database, purpose);
  if (stored === null) return null;
  const binding = systemBinding(purpose, stored.id);
  const der = await open(sealedFromBytes(stored.sealedPrivateKey), binding, context.keys);
  const privateKey = createPrivateKey({ key: der.expose(), format: 'der', type: 'pkcs8' });
  der.wipe();
  return { certificate: parseCertificate(stored.certificate), privateKey };
}

export const makeDeviceCa = (context: VaultContext) => async (): Promise<SystemKey> =>
  createDeviceCa({ commonName: 'Keyhaven Device CA', now: context.clock.now() });

/** The signer of profiles, issued by the device CA. */
export const makeProfileSigner = (context: VaultContext, ca: SystemKey) => async (): Promise<SystemKey> => {
  const { publicKey, privateKey } = await makeKeyPair();
  const certificate = createCertificate({
    subject: 'Keyhaven Profile Signing',
    publicKey,
    issuer: ca,
    notBefore: ca.certificate.notBefore,
    notAfter: ca.certificate.notAfter,
    keyUsage: ['digitalSignature'],
  });
  return { certificate: parseCertificate(certificate), privateKey };
};
