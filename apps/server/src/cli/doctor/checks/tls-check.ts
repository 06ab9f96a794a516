import { X509Certificate } from 'node:crypto';
import { createSecureContext, type SecureContext } from 'node:tls';
import type { Check, CheckContext } from '../check.ts';
import { connectionWords, isNetworkFailure } from '../connection-words.ts';
import { type Finding, failed, fine, warning } from '../finding.ts';
import { type Handshake, shakeHands } from '../shake-hands.ts';
import { addressesOf } from './address-check.ts';
import { certificateFindings } from './certificate-findings.ts';

/** Whether a browser and a Mac would take what is served at each address. */
export const tlsCheck: Check = {
  name: 'tls',
  settings: [
    'KEYHAVEN_PUBLIC_URL',
    'KEYHAVEN_DEVICE_URL',
    'KEYHAVEN_SCEP_URL',
    'KEYHAVEN_PORT',
    'KEYHAVEN_TLS_ROOT',
  ],
  look: async (context) => {
    const urls = addressesOf(context.config)
      .map(({ url }) => url)
      .filter(({ protocol }) => protocol === 'https:');
    if (urls.length === 0) return [fine('not in use: every address is this machine itself')];
    return (await Promise.all(urls.map((url) => lookAt(url, context)))).flat();
  },
};

async function lookAt(url: URL, context: CheckContext): Promise<readonly Finding[]> {
  const { trust, clock } = context;
  const handshake = await shakeHands(url, trust.allRoots, context);
  if (handshake.kind === 'no-handshake') {
    const words = connectionWords(handshake.code);
    if (isNetworkFailure(handshake.code))
      return [warning(`${url.host} is not reached: ${words}`, 'See what is said of this address above.')];
    if (handshake.asksForClientCertificate) {
      return [
        warning(
          `${url.host} hangs up on who has no client certificate`,
          'Look at its certificate and its dates from a Mac that has one.',
        ),
      ];
    }
    return [
      failed(
        `${url.host} shakes no hands: ${words}`,
        'See that a proxy listens there and serves TLS 1.2 or later.',
      ),
    ];
  }
  const publicly = await shakeHands(url, trust.publicRoots, context);
  const { tlsRoot } = context.config;
  const carried = tlsRoot === null ? null : await shakeHands(url, rootsOf(tlsRoot), context);
  return certificateFindings({
    certificate: handshake.certificate,
    host: url.hostname.replaceAll(/^\[|\]$/g, ''),
    protocol: handshake.protocol,
    untrusted: handshake.untrusted,
    isPublic: isTrusted(publicly),
    isCarried: carried === null ? null : isTrusted(carried),
    now: clock.now(),
  });
}

const isTrusted = (handshake: Handshake): boolean =>
  handshake.kind === 'shaken' && handshake.untrusted === null;

const rootsOf = (der: Buffer): SecureContext =>
  createSecureContext({ ca: [new X509Certificate(der).toString()] });
