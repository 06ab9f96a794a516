import { createPrivateKey, X509Certificate } from 'node:crypto';
import { connect } from 'node:http2';
import type { Config } from '../../../config.ts';
import type { Check, CheckContext } from '../check.ts';
import { connectionWords } from '../connection-words.ts';
import { findStoredPushCertificate, type StoredPushCertificate } from '../database-facts.store.ts';
import { failureCode } from '../failure-code.ts';
import { type Finding, failed, fine, warning } from '../finding.ts';
import { onAbort } from '../on-abort.ts';
import {
  type PushCertificateFacts,
  pushCertificateFindings,
  pushConnectionFinding,
} from './push-certificate-findings.ts';

/** Whether Macs can be woken. Asks the push service itself with --online only. */
export const pushCertificateCheck: Check = {
  name: 'push',
  settings: ['KEYHAVEN_APNS', 'KEYHAVEN_PUSH_TOPIC'],
  look: async (context) => {
    const { config, clock, online } = context;
    const access = await context.database();
    const stored = access.kind === 'open' ? await findStoredPushCertificate(access.database) : null;
    const findings =
      stored === null ? settingsFindings(config, clock.now()) : storedFindings(stored, clock.now());
    if (!online || findings.some(({ state }) => state === 'failed')) return findings;
    const url = new URL(config.apns.url);
    const code = await tryConnecting(url, context);
    const connection = pushConnectionFinding({ host: url.host, code }, connectionWords(code ?? ''));
    return [...findings, connection];
  },
};

/** Its key was held against it when it was stored, and is sealed. */
function storedFindings(stored: StoredPushCertificate, now: Date): readonly Finding[] {
  const facts = factsOf(new X509Certificate(stored.chain), true);
  const findings = pushCertificateFindings(facts, { topic: null, now });
  if (stored.unreached === 0) return findings;
  const who = stored.unreached === 1 ? '1 Mac was' : `${stored.unreached} Macs were`;
  const what = `${who} enrolled with another topic, and no push arrives there`;
  return [
    ...findings,
    failed(what, 'Store a renewal of the certificate that they know, or enroll them anew.'),
  ];
}

function settingsFindings({ apns, identity, pushTopic }: Config, now: Date): readonly Finding[] {
  if (apns.certificate === null && apns.key === null) {
    if (identity.mode === 'evaluation') return [fine('none is needed for simulated Macs')];
    return [
      warning(
        'no push certificate: Macs are not woken, and hear of things when they come by themselves',
        'Get one in the console, under Settings; docs/push-certificate.md leads through it.',
      ),
    ];
  }
  if (apns.certificate === null || apns.key === null) {
    const missing = apns.certificate === null ? 'KEYHAVEN_APNS_CERTIFICATE' : 'KEYHAVEN_APNS_KEY';
    return [failed(`${missing} is missing`, 'Give both, or neither: the server does not start so.')];
  }
  const facts = readPushCertificate(apns.certificate, apns.key);
  if (facts === null)
    return [failed('KEYHAVEN_APNS_CERTIFICATE is no certificate', 'Give it as PEM, best by its _FILE.')];
  return pushCertificateFindings(facts, { topic: pushTopic, now });
}

/** From two PEM texts; null where the first is no certificate. */
export function readPushCertificate(certificatePem: string, keyPem: string): PushCertificateFacts | null {
  const certificate = parsed(() => new X509Certificate(certificatePem));
  if (certificate === null) return null;
  const key = parsed(() => createPrivateKey(keyPem));
  return factsOf(certificate, key === null ? null : certificate.checkPrivateKey(key));
}

const factsOf = (certificate: X509Certificate, keyMatches: boolean | null): PushCertificateFacts => ({
  certificate: certificate.raw,
  topic: /^UID=(?<topic>.+)$/m.exec(certificate.subject)?.groups?.['topic'] ?? null,
  notBefore: certificate.validFromDate,
  notAfter: certificate.validToDate,
  keyMatches,
  selfSigned: certificate.checkIssued(certificate),
});

function parsed<Value>(parse: () => Value): Value | null {
  try {
    return parse();
  } catch {
    return null;
  }
}

/** Opens HTTP/2 and pings: in TLS 1.3 a certificate that is not taken shows only after the handshake. A failure's code. */
function tryConnecting(url: URL, { config, lookup, signal }: CheckContext): Promise<string | null> {
  const { certificate, key } = config.apns;
  return new Promise((resolve) => {
    const session = connect(url, {
      ...(certificate === null || key === null ? {} : { cert: certificate, key }),
      ...(lookup === undefined ? {} : { lookup }),
    });
    const end = (code: string | null): void => {
      resolve(code);
      session.destroy();
    };
    session.on('error', (error) => end(failureCode(error)));
    session.on('close', () => end('ECONNRESET'));
    session.on('connect', () => session.ping((error) => end(error === null ? null : failureCode(error))));
    onAbort(signal, () => end('ETIMEDOUT'));
  });
}
