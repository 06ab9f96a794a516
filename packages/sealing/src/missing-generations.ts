import type { OwnershipClass } from './binding.ts';
import { missingMasterKeys, readMasterKeyFile } from './master-key-file.ts';
import { parseMasterKeys } from './master-keys.ts';
import { generationOfHead } from './record.ts';

/**
 * The classes of which some record needs a master key that the folder's file does not hold, each once. `heads` are the
 * first seven bytes of records or more; what is no record is passed over. Throws MasterKeyFileError, or a SyntaxError
 * that holds nothing of the file.
 */
export function missingGenerations(folder: string, heads: readonly Uint8Array[]): readonly OwnershipClass[] {
  const text = readMasterKeyFile(folder);
  if (text === null) throw missingMasterKeys(folder);
  const keys = parseMasterKeys(text);
  const missing = heads.flatMap((head) => {
    const needed = generationOfHead(head);
    if (needed === null || keys[needed.ownershipClass].generations.has(needed.generation)) return [];
    return [needed.ownershipClass];
  });
  return [...new Set(missing)];
}
