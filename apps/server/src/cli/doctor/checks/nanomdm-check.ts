import { nanoMdmHealth } from '../../../adapters/nanomdm/nanomdm-health.ts';
import type { Check } from '../check.ts';
import { fine } from '../finding.ts';
import { nanoMdmFindings } from './nanomdm-findings.ts';

/** Whether NanoMDM is heard and takes commands, by what the database has on record. Asks NanoMDM nothing. */
export const nanoMdmCheck: Check = {
  name: 'nanomdm',
  settings: ['KEYHAVEN_NANOMDM'],
  look: async ({ config, clock, database }) => {
    if (config.nanoMdm === null) return [fine('is not in use: Keyhaven speaks with the Macs itself')];
    const access = await database();
    if (access.kind !== 'open')
      return [fine('what became of it stands in the database, which is not open here')];
    return nanoMdmFindings(await nanoMdmHealth(access.database), clock.now());
  },
};
