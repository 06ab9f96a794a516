import type { Check } from '../check.ts';
import { type Finding, failed, fine, warning } from '../finding.ts';
import { type LocalServer, localUrl } from '../local-server.ts';

/** Whether the server of this installation runs on this machine. */
export const serverCheck: Check = {
  name: 'server',
  settings: ['KEYHAVEN_PORT', 'KEYHAVEN_HOST'],
  look: async ({ config, localServer }) => serverFindings(await localServer(), localUrl(config).origin),
};

/** `origin` is where the server listens on this machine. */
export function serverFindings(server: LocalServer, origin: string): readonly Finding[] {
  switch (server.kind) {
    case 'running':
      return server.ready
        ? [fine(`runs at ${origin} and is ready`)]
        : [
            failed(
              `runs at ${origin} and is not ready: its database or its master keys are out of reach`,
              'Set right what is marked below; the server then becomes ready by itself.',
            ),
          ];
    case 'stranger':
      return [
        failed(
          `something else listens at ${origin}`,
          'Stop it, or give Keyhaven another port with KEYHAVEN_PORT.',
        ),
      ];
    case 'stopped':
      return [
        warning(
          `does not run at ${origin}`,
          'Start it with keyhaven serve; what only a running server can show is left out here.',
        ),
      ];
  }
}
