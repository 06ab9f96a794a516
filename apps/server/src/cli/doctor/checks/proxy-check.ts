import type { Check } from '../check.ts';
import { proxyFindings } from './proxy-findings.ts';

/** Whether the settings about a proxy fit each other. Asks nobody. */
export const proxyCheck: Check = {
  name: 'proxy',
  settings: ['KEYHAVEN_HOST', 'KEYHAVEN_PUBLIC_URL', 'KEYHAVEN_TRUSTED_PROXY', 'KEYHAVEN_CLIENT_CERTIFICATE'],
  look: async ({ config }) => proxyFindings(config),
};
