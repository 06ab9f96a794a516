import { type Config, isLoopback } from '../../../config.ts';
import { type Finding, fine, warning } from '../finding.ts';

/** How the settings say that requests come in. */
export type ProxyFacts = Pick<Config, 'host' | 'publicUrl' | 'trustedProxies' | 'clientCertificateRequired'>;

/** Whether who stands between people and the server is what the settings say. */
export function proxyFindings(facts: ProxyFacts): readonly Finding[] {
  const { host, publicUrl, trustedProxies, clientCertificateRequired } = facts;
  if (trustedProxies.some((network) => network.endsWith('/0'))) {
    return [
      warning(
        'everybody is believed as if they were the proxy',
        'Name the addresses of your proxies in KEYHAVEN_TRUSTED_PROXY, and no more.',
      ),
    ];
  }
  if (trustedProxies.length > 0) {
    const more = clientCertificateRequired ? ', and Macs must come with a client certificate' : '';
    return [fine(`${trustedProxies.join(', ')} may speak for others${more}`)];
  }
  if (publicUrl.protocol === 'https:' && !isLoopback(host)) {
    return [
      warning(
        `the server listens on ${host} without TLS, and believes no proxy`,
        'Name your proxy in KEYHAVEN_TRUSTED_PROXY, and close the port to all others.',
      ),
    ];
  }
  return [fine(publicUrl.protocol === 'https:' ? 'none is believed' : 'none is in use')];
}
