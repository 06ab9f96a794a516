import { createPublicKey } from 'node:crypto';
import { type Stats, statSync } from 'node:fs';
import process from 'node:process';
import { fileKeys } from '@keyhaven/sealing/file-keys';
import { MasterKeyFileError, masterKeyPath } from '@keyhaven/sealing/master-key-file';
import { missingGenerations } from '@keyhaven/sealing/missing-generations';
import { SealingError } from '@keyhaven/sealing/sealing-error';
import type { Database } from '../../../platform/db/database.ts';
import { openStoredKey } from '../../../vault/system-keys.ts';
import { hasSealedRecords } from '../../../vault/vault.store.ts';
import type { Check, CheckContext } from '../check.ts';
import type { DatabaseAccess } from '../database-access.ts';
import { findSealedHeads, hasTables } from '../database-facts.store.ts';
import { failureCode } from '../failure-code.ts';
import { masterKeyFindings, type Opening } from './master-key-findings.ts';

/** Whether the master keys are there and open this database. Opens the device CA's key, never a recovery key. */
export const masterKeyCheck: Check = {
  name: 'master key',
  settings: ['KEYHAVEN_DATABASE'],
  look: async ({ config, database, clock }) => {
    const path = masterKeyPath(config.dataFolder);
    const stats = statsOf(path);
    const access = await database();
    const opening = await openingOf(access, config.dataFolder, clock);
    return masterKeyFindings({
      path,
      file: stats === null ? null : { mode: stats.mode & 0o777, owner: stats.uid },
      account: process.getuid?.() ?? null,
      opening,
    });
  },
};

async function openingOf(
  access: DatabaseAccess,
  folder: string,
  clock: CheckContext['clock'],
): Promise<Opening> {
  if (access.kind === 'open') return tryOpening(access.database, folder, clock);
  return { kind: access.kind === 'not-made' ? 'nothing-sealed' : 'not-tried' };
}

async function tryOpening(
  database: Database,
  folder: string,
  clock: CheckContext['clock'],
): Promise<Opening> {
  if (!(await hasTables(database)) || !(await hasSealedRecords(database))) return { kind: 'nothing-sealed' };
  try {
    // With mustExist nothing is ever made here.
    const keys = fileKeys({ folder, mustExist: true, now: clock.now });
    const classes = missingGenerations(folder, await findSealedHeads(database));
    if (classes.length > 0) return { kind: 'generations-missing', classes };
    const ca = await openStoredKey({ database, keys }, 'device-ca');
    if (ca === null) return { kind: 'not-tried' };
    const fits = createPublicKey(ca.privateKey).equals(ca.certificate.publicKey);
    return fits ? { kind: 'opened' } : { kind: 'refused', reason: 'another-key' };
  } catch (error) {
    // Said of the file itself already.
    if (error instanceof MasterKeyFileError && error.kind === 'readable-by-others')
      return { kind: 'not-tried' };
    if (error instanceof SealingError || error instanceof MasterKeyFileError)
      return { kind: 'refused', reason: error.kind };
    return { kind: 'refused', reason: failureCode(error) };
  }
}

function statsOf(path: string): Stats | null {
  return statSync(path, { throwIfNoEntry: false }) ?? null;
}
