import { createPrivateKey } from 'node:crypto';
import { parseCertificate } from '@keyhaven/apple-mdm/certificate';
import { CmsError } from '@keyhaven/apple-mdm/cms/cms-error';
import { openEnvelopedData, type Recipient } from '@keyhaven/apple-mdm/cms/enveloped-data';
import { type Answer, parseAnswer } from '@keyhaven/apple-mdm/command-answer';
import { readRotation } from '@keyhaven/apple-mdm/commands/rotate-file-vault-key';
import { readSecurityInfo } from '@keyhaven/apple-mdm/commands/security-info';
import { Asn1Error } from '@keyhaven/apple-mdm/der/asn1-error';
import { sealedFromBytes } from '@keyhaven/sealing/record';
import { open, seal } from '@keyhaven/sealing/seal';
import { Secret } from '@keyhaven/sealing/secret';
import { isTombstone } from '@keyhaven/sealing/tombstone';
import type { AnswerId, DeviceId, KeyVersionId } from '../kernel/id.ts';
import { answerBinding, escrowKeyBinding, keyBinding } from './bindings.ts';
import type { VaultContext } from './context.ts';
import { keyFromMac } from './recovery-key.ts';
import { findAnswer, findEscrowKeys, findVersions, type StoredAnswer } from './vault.store.ts';
import type { AnswerVerdict, Vault } from './vault.ts';

/**
 * Opens the key in a stored answer with this Mac's own escrow keys, and with no other's: one Mac's CMS never opens as
 * another's. Running it again gives the same verdict.
 */
export async function openAnswer(
  context: VaultContext,
  request: Parameters<Vault['openAnswer']>[0],
): Promise<AnswerVerdict> {
  const { raw, ...stored } = await unseal(context, request.answer);
  const cms = cmsOf(parseAnswer(raw), stored.commandKind);
  if (cms === null) return { kind: 'no-key' };
  const key = await openCms(context, stored.device, cms);
  if (key === null) return { kind: 'unreadable' };
  try {
    const known = await findEqualVersion(context, stored.device, key);
    if (known !== null) return { kind: 'known', version: known };
    const target = keyBinding(stored.device, request.version, request.ownershipClass);
    return { kind: 'new', sealed: await seal(key, target, context.keys) };
  } finally {
    key.wipe();
  }
}

/** The answer as the Mac sent it; its keys are still encrypted to the escrow key. */
export const readAnswer = async (context: VaultContext, id: AnswerId): Promise<Buffer> =>
  (await unseal(context, id)).raw;

async function unseal(
  { database, keys }: VaultContext,
  id: AnswerId,
): Promise<StoredAnswer & { readonly raw: Buffer }> {
  const stored = await findAnswer(database, id);
  if (stored === null) throw new Error('an answer to read that is not stored');
  const binding = answerBinding(stored.device, id, stored.ownershipClass);
  const secret = await open(sealedFromBytes(stored.sealed), binding, keys);
  return { ...stored, raw: secret.expose() };
}

function cmsOf(answer: Answer, commandKind: string): Buffer | null {
  if (commandKind === 'RotateFileVaultKey') return readRotation(answer).encryptedNewRecoveryKey;
  return readSecurityInfo(answer).personalRecoveryKeyCms;
}

async function openCms(context: VaultContext, device: DeviceId, cms: Buffer): Promise<Secret | null> {
  const recipients: Recipient[] = [];
  for (const key of await findEscrowKeys(context.database, device)) {
    const binding = escrowKeyBinding(device, key.id, key.ownershipClass);
    const der = await open(sealedFromBytes(key.sealedPrivateKey), binding, context.keys);
    recipients.push({
      certificate: parseCertificate(key.certificate),
      privateKey: createPrivateKey({ key: der.expose(), format: 'der', type: 'pkcs8' }),
    });
    der.wipe();
  }
  try {
    const plaintext = openEnvelopedData(cms, recipients);
    const text = keyFromMac(plaintext);
    plaintext.fill(0);
    return text === null ? null : Secret.fromText(text);
  } catch (error) {
    // Which step failed is nobody's business: a Mac could learn a key from it (reference/apple-mdm.md 5.4).
    if (error instanceof CmsError || error instanceof Asn1Error) return null;
    throw error;
  }
}

async function findEqualVersion(
  { database, keys }: VaultContext,
  device: DeviceId,
  key: Secret,
): Promise<KeyVersionId | null> {
  for (const version of await findVersions(database, device)) {
    if (isTombstone(version.sealed)) continue;
    const binding = keyBinding(device, version.id, version.ownershipClass);
    const held = await open(sealedFromBytes(version.sealed), binding, keys);
    const equal = held.equals(key);
    held.wipe();
    if (equal) return version.id;
  }
  return null;
}
