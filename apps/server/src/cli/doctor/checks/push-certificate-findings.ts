import { type Finding, failed, fine, warning } from '../finding.ts';

/** What is known of a push certificate, wherever it is kept. Holds no key. */
export type PushCertificateFacts = {
  /** DER. */
  readonly certificate: Buffer;
  /** The UID of its subject, `com.apple.mgmt.…`; null where it has none. */
  readonly topic: string | null;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** Whether the private key that goes with it does; null where there is none at hand. */
  readonly keyMatches: boolean | null;
  readonly selfSigned: boolean;
};

export type PushSettings = {
  /** KEYHAVEN_PUSH_TOPIC; what every enrolled Mac was told. */
  /** KEYHAVEN_PUSH_TOPIC; null: not set, and Macs are told the certificate's own. */
  readonly topic: string | null;
  readonly now: Date;
};

const dayMs = 86_400_000;

/** Whether Apple will take pushes with this certificate. */
export function pushCertificateFindings(
  facts: PushCertificateFacts,
  { topic, now }: PushSettings,
): readonly Finding[] {
  const findings: Finding[] = [...dateFindings(facts, now)];
  if (facts.keyMatches !== true) {
    findings.push(
      failed(
        facts.keyMatches === null
          ? 'there is no key to the certificate'
          : 'the key is not that of the certificate',
        'Give the key with which the certificate was asked for; another cannot be made for it.',
      ),
    );
  }
  if (facts.topic === null || !facts.topic.startsWith('com.apple.mgmt.')) {
    findings.push(
      failed(
        'this is no push certificate for MDM: it has no topic',
        'Take the one from identity.apple.com/pushcert.',
      ),
    );
  } else if (topic !== null && facts.topic !== topic) {
    findings.push(
      failed(
        `its topic is ${facts.topic}, and Macs are told ${topic}`,
        'Renew the old certificate rather than making a new one; else set KEYHAVEN_PUSH_TOPIC, and enroll every Mac anew.',
      ),
    );
  }
  if (facts.selfSigned) {
    findings.push(warning('it is signed by itself, not by Apple', 'Apple takes none but its own.'));
  }
  if (findings.length > 0) return findings;
  return [fine(`for ${daysUntil(facts.notAfter, now)} more days, topic ${facts.topic}`)];
}

function dateFindings({ notBefore, notAfter }: PushCertificateFacts, now: Date): readonly Finding[] {
  const day = notAfter.toISOString().slice(0, 10);
  const renew =
    'Renew it at identity.apple.com/pushcert with the same Apple Account, never with a new certificate.';
  if (now < notBefore) return [failed('it does not hold yet', 'Look at the clock of this machine.')];
  if (now >= notAfter) return [failed(`it ended on ${day}: no Mac hears of anything`, renew)];
  const days = daysUntil(notAfter, now);
  return days < 30 ? [warning(`it ends on ${day}, in ${days} ${days === 1 ? 'day' : 'days'}`, renew)] : [];
}

const daysUntil = (end: Date, now: Date): number => Math.floor((end.getTime() - now.getTime()) / dayMs);

/** How a connection to the push service ended, with our certificate where there is one. */
export type PushConnection = { readonly host: string; readonly code: string | null };

/** `words` say what a code means. */
export const pushConnectionFinding = ({ host, code }: PushConnection, words: string): Finding =>
  code === null
    ? fine(`${host} takes the connection`)
    : failed(
        `${host} takes no connection: ${words}`,
        'See that this machine may go out to port 443 there (17.0.0.0/8), past every TLS inspection.',
      );
