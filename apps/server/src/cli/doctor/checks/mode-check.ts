import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Check } from '../check.ts';
import { findBegunMode } from '../database-facts.store.ts';
import { modeFindings } from './mode-findings.ts';

/** Whether the settings are those with which data folder and database were begun. */
export const modeCheck: Check = {
  name: 'mode',
  settings: ['KEYHAVEN_OIDC_ISSUER', 'KEYHAVEN_DATABASE'],
  look: async ({ config, database }) => {
    const access = await database();
    const folder = await readFile(path.join(config.dataFolder, 'mode'), 'utf8').catch(() => null);
    return modeFindings({
      configured: config.identity.mode,
      folder: folder?.trim() ?? null,
      database: access.kind === 'open' ? await findBegunMode(access.database) : null,
    });
  },
};
