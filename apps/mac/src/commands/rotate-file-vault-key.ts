import { type Certificate, publicKeyOf, readCertificate } from '../certificate.ts';
import { envelop } from '../cms/enveloped-data.ts';
import { withNewRecoveryKey } from '../file-vault.ts';
import type { PlistDict } from '../plist.ts';
import { dataOf, dictOf, textOf } from '../plist-fields.ts';
import { acknowledged, type Carried, type CommandHandler, errorResult } from './command.ts';

/**
 * Unlocks with the recovery key given, makes a new one and hands it back encrypted. Apple publishes no
 * error codes for this command: the ones here are invented, and servers must not build on them.
 */
export const rotateFileVaultKey: CommandHandler = (fields, { state, fileVault, surroundings }) => {
  if (textOf(fields, 'KeyType') !== 'personal') return refused(12140, 'The key type is not supported.');
  if (!fileVault.enabled) return refused(12141, 'FileVault is not enabled.');
  if (fileVault.currentRecoveryKey === null) return refused(12142, 'There is no personal recovery key.');
  const password = textOf(dictOf(fields, 'FileVaultUnlock') ?? {}, 'Password');
  if (password !== fileVault.currentRecoveryKey) return refused(12143, 'FileVault could not be unlocked.');
  const recipient = readRecipient(fields);
  if (recipient === 'unusable') return refused(12144, 'The reply certificate cannot be used.');
  const rotated = withNewRecoveryKey(state, surroundings);
  const key = Buffer.from(rotated.fileVault.currentRecoveryKey ?? '', 'utf8');
  // Without a certificate nothing can be handed back; the rotation happens all the same.
  const keys =
    recipient === null
      ? {}
      : { RotateResult: { EncryptedNewRecoveryKey: envelop(key, recipient, state.habits.envelope) } };
  return { result: acknowledged(keys), state: rotated };
};

function readRecipient(fields: PlistDict): Certificate | null | 'unusable' {
  const der = dataOf(fields, 'ReplyEncryptionCertificate');
  if (der === null) return null;
  try {
    const certificate = readCertificate(der);
    return publicKeyOf(certificate).asymmetricKeyType === 'rsa' ? certificate : 'unusable';
  } catch {
    return 'unusable';
  }
}

function refused(code: number, text: string): Carried {
  return { result: errorResult('MDMClientError', code, text) };
}
