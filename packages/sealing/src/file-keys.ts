import type { KeyObject } from 'node:crypto';
import { decrypt, encrypt } from './aes-256-gcm.ts';
import type { OwnershipClass } from './binding.ts';
import type { KeyEncryption, WrappedKey } from './key-encryption.port.ts';
import { lengthPrefixed } from './length-prefixed.ts';
import {
  changeMasterKeyFile,
  createMasterKeyFile,
  MasterKeyFileError,
  masterKeyPath,
  missingMasterKeys,
  readMasterKeyFile,
} from './master-key-file.ts';
import { type MasterKeys, newMasterKeys, parseMasterKeys, withNextGeneration } from './master-keys.ts';
import { SealingError } from './sealing-error.ts';

export type FileKeysOptions = {
  /** The data folder, which exists. The keys are in its `master-keys.json`. */
  readonly folder: string;
  /** True when sealed records exist: a missing file is then a loss to report, not a first start. */
  readonly mustExist: boolean;
  readonly now: () => Date;
};

export type FileKeys = KeyEncryption & {
  /** Adds a generation, which wraps from now on, and returns its number; earlier ones keep opening. */
  addGeneration(ownershipClass: OwnershipClass): number;
};

/**
 * Master keys in a file that only its owner can read; made when there is none. Another process that has added a
 * generation is noticed when a record of it is opened. Throws MasterKeyFileError.
 */
export function fileKeys({ folder, mustExist, now }: FileKeysOptions): FileKeys {
  if (!mustExist && readMasterKeyFile(folder) === null) createMasterKeyFile(folder, newMasterKeys(now()));
  let keys = load(folder);

  function keyOf(ownershipClass: OwnershipClass, generation: number): KeyObject {
    const known = keys[ownershipClass].generations.get(generation);
    if (known !== undefined) return known;
    keys = load(folder);
    const added = keys[ownershipClass].generations.get(generation);
    if (added === undefined) throw new SealingError('unknown-generation');
    return added;
  }

  return {
    // async, so that what is thrown inside rejects.
    async wrap(dataKey, aad, ownershipClass): Promise<WrappedKey> {
      const generation = keys[ownershipClass].active;
      const key = keyOf(ownershipClass, generation);
      return { generation, wrapped: encrypt(key, dataKey, bound(aad, ownershipClass, generation)) };
    },
    async unwrap(wrapped, generation, ownershipClass, aad): Promise<Uint8Array> {
      const key = keyOf(ownershipClass, generation);
      return decrypt(key, wrapped, bound(aad, ownershipClass, generation));
    },
    addGeneration(ownershipClass) {
      changeMasterKeyFile(folder, (text) =>
        parsing(folder, () => withNextGeneration(text, ownershipClass, now())),
      );
      // From the disk: what wraps is what the next start will find.
      keys = load(folder);
      return keys[ownershipClass].active;
    },
  };
}

function load(folder: string): MasterKeys {
  const text = readMasterKeyFile(folder);
  if (text === null) throw missingMasterKeys(folder);
  return parsing(folder, () => parseMasterKeys(text));
}

function parsing<Value>(folder: string, parse: () => Value): Value {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const path = masterKeyPath(folder);
    throw new MasterKeyFileError(
      'malformed',
      `${path} is not a file of master keys: put it back from a backup.`,
    );
  }
}

function bound(aad: Uint8Array, ownershipClass: OwnershipClass, generation: number): Buffer {
  return lengthPrefixed(['keyhaven file keys: wrap', ownershipClass, String(generation), aad]);
}
