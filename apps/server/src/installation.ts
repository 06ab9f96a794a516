import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type Config, ConfigRefused } from './config.ts';
import type { Database } from './platform/db/database.ts';
import { takeInstallationFact } from './platform/db/installation.store.ts';

/** The header of `GET /healthz` and `GET /mdm` that tells installations apart. */
export const installationHeader = 'keyhaven-installation';

/** The installation's mark, from its device CA's certificate (DER): no secret, every Mac of it has that. */
export const installationMark = (deviceCa: Uint8Array): string =>
  createHash('sha256').update(deviceCa).digest('hex').slice(0, 32);

/**
 * An installation is for evaluation or for real, for ever: the evaluation's accounts and their password are public, so
 * data that was ever real is never served in evaluation mode, nor the other way round. Throws ConfigRefused.
 */
export async function settleMode(config: Config, database: Database, now: Date): Promise<void> {
  const { mode } = config.identity;
  const recorded = await takeInstallationFact(database, 'mode', mode, now);
  if (recorded !== mode) throw wrongMode('This database', recorded);
}

/** The same for the data folder, before anything in it is opened. */
export async function settleFolderMode(config: Config): Promise<void> {
  const { mode } = config.identity;
  const file = path.join(config.dataFolder, 'mode');
  const recorded = await readFile(file, 'utf8').catch(() => null);
  if (recorded === null) await writeFile(file, mode, { mode: 0o600 });
  else if (recorded.trim() !== mode) throw wrongMode(`The data folder ${config.dataFolder}`, recorded.trim());
}

const wrongMode = (what: string, recorded: string): ConfigRefused =>
  new ConfigRefused([
    recorded === 'production'
      ? `${what} belongs to a real installation: set KEYHAVEN_OIDC_ISSUER, or choose another with KEYHAVEN_DATA.`
      : `${what} was made in evaluation mode, whose passwords are public: choose another with KEYHAVEN_DATA.`,
  ]);
