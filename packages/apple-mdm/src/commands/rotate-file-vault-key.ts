import type { Answer } from '../command-answer.ts';
import { dataAt, dictAt } from '../plist/access.ts';
import { writeCommand } from './command.ts';

export interface RotateFileVaultKeyRequest {
  readonly uuid: string;
  /** In clear, as escrowed: upper case, with hyphens (reference section 5.3). */
  readonly currentRecoveryKey: string;
  /** DER. The new key comes back encrypted to it; without one, none would. */
  readonly replyCertificate: Uint8Array;
}

/** The bytes hold the recovery key: made when they are delivered, kept nowhere. */
export function rotateFileVaultKeyCommand(request: RotateFileVaultKeyRequest): Buffer {
  return writeCommand(request.uuid, 'RotateFileVaultKey', {
    KeyType: 'personal',
    FileVaultUnlock: { Password: request.currentRecoveryKey },
    ReplyEncryptionCertificate: request.replyCertificate,
  });
}

export interface Rotation {
  /** CMS EnvelopedData, BER or DER. null: look at the escrow copy instead (reference section 4.4). */
  readonly encryptedNewRecoveryKey: Buffer | null;
}

/** Total: an absent, empty or wrongly typed result is null. */
export function readRotation(answer: Answer): Rotation {
  const encrypted = dataAt(dictAt(answer.result, 'RotateResult') ?? {}, 'EncryptedNewRecoveryKey');
  return { encryptedNewRecoveryKey: encrypted === undefined || encrypted.length === 0 ? null : encrypted };
}
