import { createSecureContext, getCACertificates } from 'node:tls';
import type { Trust } from './reach.ts';

/**
 * The roots of this machine: Node's own, which are Mozilla's; those of NODE_EXTRA_CA_CERTS; and the system's. `more`
 * are PEM certificates to trust beside them.
 */
export function machineTrust(more: readonly string[] = []): Trust {
  const server = [...getCACertificates('default'), ...more];
  const all = [...server, ...getCACertificates('system')];
  return {
    publicRoots: createSecureContext({ ca: [...getCACertificates('bundled')] }),
    serverRoots: createSecureContext({ ca: server }),
    allRoots: createSecureContext({ ca: [...new Set(all)] }),
  };
}
