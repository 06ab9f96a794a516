import { createPrivateKey, X509Certificate } from 'node:crypto';
import { connect } from 'node:http2';
import type { Config } from '../../../config.ts';
import type { Check, CheckContext } from '../check.ts';
import { connectionWords } from '../connection-words.ts';
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
    const findings = certificateFindings(config, clock.now());
    if (!online || findings.some(({ state }) => state === 'failed')) return findings;
    const url = new URL(config.apns.url);
    const code = await tryConnecting(url, context);
    const connection = pushConnectionFinding({ host: url.host, code }, connectionWords(code ?? ''));
    return [...findings, connection];
  },
};

function certificateFindings({ apns, identity, pushTopic }: Config, now: Date): readonly Finding[] {
  if (apns.certificate === null && apns.key === null) {
    if (identity.mode === 'evaluation') return [fine('none is needed for simulated Macs')];
    return [
      warning(
        'no push certificate: Macs are not woken, and hear of things when they come by themselves',
        'Get one from identity.apple.com/pushcert and set KEYHAVEN_APNS_CERTIFICATE and KEYHAVEN_APNS_KEY.',
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
  return {
    certificate: certificate.raw,
    topic: /^UID=(?<topic>.+)$/m.exec(certificate.subject)?.groups?.['topic'] ?? null,
    notBefore: certificate.validFromDate,
    notAfter: certificate.validToDate,
    keyMatches: key === null ? null : certificate.checkPrivateKey(key),
    selfSigned: certificate.checkIssued(certificate),
  };
}

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
