import { type Config, isLoopback } from '../../../config.ts';
import { type Finding, fine, warning } from '../finding.ts';

/** How the settings say that requests come in. */
export type ProxyFacts = Pick<Config, 'host' | 'publicUrl' | 'trustedProxy'>;

/** Whether who stands between people and the server is what the settings say. */
export function proxyFindings({ host, publicUrl, trustedProxy }: ProxyFacts): readonly Finding[] {
  const behindProxy = publicUrl.protocol === 'https:';
  if (trustedProxy && !isLoopback(host)) {
    return [
      warning(
        `what a proxy says is believed, and the server listens on ${host} for everybody`,
        'Have it listen for the proxy only (KEYHAVEN_HOST), or close its port to all others.',
      ),
    ];
  }
  if (trustedProxy) return [fine('a proxy on this machine is believed')];
  if (behindProxy && !isLoopback(host)) {
    return [
      warning(
        `the server listens on ${host} without TLS, beside its proxy`,
        'Have it listen for the proxy only (KEYHAVEN_HOST), or close its port to all others.',
      ),
    ];
  }
  return [fine(behindProxy ? 'none is believed' : 'none is in use')];
}
