import { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { type Finding, failed, fine, warning } from '../finding.ts';

export type ServedCertificate = {
  /** DER. */
  readonly certificate: Buffer;
  /** The name that people and Macs type, without brackets. */
  readonly host: string;
  readonly protocol: string;
  /** Why all roots known here do not vouch for it: OpenSSL's code; null where they do. */
  readonly untrusted: string | null;
  /** Whether roots that every browser knows vouch for it. */
  readonly isPublic: boolean;
  /** Whether the root of KEYHAVEN_TLS_ROOT, which Macs get with their enrollment, does; null where none is set. */
  readonly isCarried: boolean | null;
  readonly now: Date;
};

const dayMs = 86_400_000;

/** What a browser and a Mac would say of the certificate that answers for `host`. */
export function certificateFindings(served: ServedCertificate): readonly Finding[] {
  const { host, isPublic, isCarried, protocol } = served;
  // What Macs come to trust need not be known to this machine.
  const untrusted = isCarried === true ? null : served.untrusted;
  const certificate = new X509Certificate(served.certificate);
  const dates = dateFinding(certificate, host, served.now);
  const findings: Finding[] = [];
  if (dates !== null) findings.push(dates);
  if (!fits(certificate, host)) {
    findings.push(
      failed(
        `the certificate that answers at ${host} is for another name`,
        `Have the proxy serve one whose subject alternative names hold ${host}.`,
      ),
    );
  }
  const isAboutDates = untrusted === 'CERT_HAS_EXPIRED' || untrusted === 'CERT_NOT_YET_VALID';
  if (untrusted !== null && !(isAboutDates && dates !== null)) findings.push(chainFinding(untrusted, host));
  else if (untrusted === null && !isPublic && isCarried !== true)
    findings.push(privateFinding(host, isCarried));
  if (findings.length > 0) return findings;
  const days = Math.floor((certificate.validToDate.getTime() - served.now.getTime()) / dayMs);
  return [
    fine(
      `${host} has a complete chain, a certificate for ${days} more days, and ${protocol}${isPublic ? '' : '; Macs get its root when they enroll'}`,
    ),
  ];
}

function dateFinding(certificate: X509Certificate, host: string, now: Date): Finding | null {
  const left = certificate.validToDate.getTime() - now.getTime();
  const day = dateOf(certificate.validToDate);
  if (certificate.validFromDate > now) {
    return failed(
      `the certificate of ${host} begins on ${dateOf(certificate.validFromDate)}, and this machine's clock says ${dateOf(now)}`,
      'Look at the clock of this machine first; if it is right, serve a certificate that holds already.',
    );
  }
  if (left <= 0) {
    return failed(
      `the certificate of ${host} ended on ${day}; this machine's clock says ${dateOf(now)}`,
      'Renew it, unless the clock is wrong. Until then no Mac and no browser comes in.',
    );
  }
  const days = Math.floor(left / dayMs);
  if (days >= 30) return null;
  if (days < 7)
    return warning(
      `the certificate of ${host} ends on ${day}, in ${daysWords(days)}`,
      'Renew it now: after that day no Mac and no browser comes in.',
    );
  if (days < 14)
    return warning(
      `the certificate of ${host} ends on ${day}, in ${daysWords(days)}`,
      'Renew it this week; if that is automatic, it should have happened by now.',
    );
  return warning(
    `the certificate of ${host} ends on ${day}, in ${daysWords(days)}`,
    'See that its renewal is under way.',
  );
}

function chainFinding(code: string, host: string): Finding {
  switch (code) {
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
      return failed(
        `the certificate of ${host} is signed by itself`,
        'Serve one of a certificate authority, public or your own; Macs enroll with no other.',
      );
    case 'SELF_SIGNED_CERT_IN_CHAIN':
      return failed(
        `the chain of ${host} ends in a root that this machine does not know`,
        'If it is your own, set KEYHAVEN_TLS_ROOT to it, which the enrollment profile then carries to Macs.',
      );
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'UNABLE_TO_GET_ISSUER_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
      return failed(
        `the chain of ${host} is not complete: an intermediate is missing, or its root is not known here`,
        'Have the proxy serve the full chain, not the certificate alone; a root of your own goes into KEYHAVEN_TLS_ROOT.',
      );
    case 'CERT_HAS_EXPIRED':
    case 'CERT_NOT_YET_VALID':
      return failed(
        `a certificate above that of ${host} is out of its dates`,
        'Look at the clock of this machine first; if it is right, have the proxy serve the present chain.',
      );
    default:
      return failed(
        `the chain of ${host} does not hold (${code})`,
        'Have the proxy serve the full chain of a certificate that browsers take.',
      );
  }
}

const privateFinding = (host: string, isCarried: boolean | null): Finding =>
  isCarried === null
    ? warning(
        `the certificate of ${host} comes from a private authority, which this machine knows and a new Mac does not`,
        'Set KEYHAVEN_TLS_ROOT to its root, which the enrollment profile then carries to Macs.',
      )
    : failed(
        `the certificate of ${host} does not come from the root in KEYHAVEN_TLS_ROOT`,
        'Put the root of what is served there; Macs that are enrolled keep the one they were given.',
      );

const fits = (certificate: X509Certificate, host: string): boolean =>
  (isIP(host) === 0 ? certificate.checkHost(host) : certificate.checkIP(host)) !== undefined;

const dateOf = (time: Date): string => time.toISOString().slice(0, 10);

const daysWords = (days: number): string => (days === 1 ? '1 day' : `${days} days`);
