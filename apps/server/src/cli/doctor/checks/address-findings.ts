import { isLoopback } from '../../../config.ts';
import { connectionWords } from '../connection-words.ts';
import { type Finding, failed, fine, warning } from '../finding.ts';

/** Who comes in at an address. */
export type AddressUse = 'people' | 'Macs' | 'SCEP';

export type AddressFacts = {
  readonly url: URL;
  readonly uses: readonly AddressUse[];
  readonly production: boolean;
  /** The code of what kept `GET /healthz` from being answered; null where it was. */
  readonly unreachable: string | null;
  /** Status of the answer; 0 where there was none. */
  readonly status: number;
  /** Whether the answer is that of a Keyhaven. */
  readonly isKeyhaven: boolean;
  /** Marks of who answered and of this installation; null where not known. */
  readonly answered: string | null;
  readonly ours: string | null;
  readonly serverRuns: boolean;
  /** False on plain HTTP, too. */
  readonly asksForClientCertificate: boolean;
};

/** Whether this address leads people and Macs here. */
export function addressFindings(facts: AddressFacts): readonly Finding[] {
  const { url, uses, production } = facts;
  const findings: Finding[] = [];
  if (production && isLoopback(url.hostname)) {
    findings.push(
      failed(
        `${url.origin} is this machine itself: nobody else reaches it`,
        `Set ${settingOf(uses)} to the address that others use.`,
      ),
    );
  }
  if (isForMacsWithCertificates(facts)) {
    return [
      ...findings,
      fine(
        `${url.origin} wants a client certificate, as it may for Macs: where it leads cannot be seen from here`,
      ),
    ];
  }
  const reached = reachedFinding(facts);
  findings.push(reached ?? fine(`${url.origin} leads here, for ${uses.join(', ')}`));
  if (facts.asksForClientCertificate) findings.push(...clientCertificateFindings(facts));
  return findings;
}

/** Mutual TLS, as a proxy may do it for enrolled Macs. */
const isForMacsWithCertificates = (facts: AddressFacts): boolean =>
  facts.asksForClientCertificate && !facts.isKeyhaven && facts.uses.every((use) => use === 'Macs');

/** Null where the address leads to this installation. */
function reachedFinding(facts: AddressFacts): Finding | null {
  const { url, unreachable, status, serverRuns } = facts;
  if (unreachable !== null) {
    const found = `${url.origin} is not reached: ${connectionWords(unreachable)}`;
    // A proxy on this machine may be waiting for the server as well.
    if (!serverRuns && unreachable === 'ECONNREFUSED')
      return warning(found, 'Start the server and its proxy, and run this again.');
    return failed(found, 'See that the name leads to your proxy, and that its port is open from here.');
  }
  if (status >= 300 && status < 400)
    return warning(
      `${url.origin} redirects`,
      'Set the address it leads to: a Mac follows, but never remembers, and asks the old one every time.',
    );
  if (!facts.isKeyhaven) {
    if (!serverRuns && status >= 502 && status <= 504)
      return warning(
        `a proxy answers at ${url.origin}, with nothing behind it`,
        'Start the server and run this again.',
      );
    return failed(
      `somebody else answers at ${url.origin} (status ${status})`,
      'Have the proxy there hand requests on to this server, with their path unchanged.',
    );
  }
  if (facts.answered === null || facts.ours === null)
    return warning(
      `a Keyhaven answers at ${url.origin}; whether it is this one cannot be told`,
      'Run this again while the server and its database run.',
    );
  if (facts.answered !== facts.ours)
    return failed(
      `another installation of Keyhaven answers at ${url.origin}`,
      'Lead the name to this server, or run this with the settings of the other one.',
    );
  return null;
}

function clientCertificateFindings({ url, uses }: AddressFacts): readonly Finding[] {
  if (uses.includes('SCEP'))
    return [
      failed(
        `${url.origin} asks for a client certificate, which a Mac has only after SCEP`,
        'Set KEYHAVEN_SCEP_URL to a name of its own whose listener asks for none.',
      ),
    ];
  if (!uses.includes('people')) return [];
  return [
    warning(
      `${url.origin} asks browsers for a client certificate`,
      'Set KEYHAVEN_DEVICE_URL to a name of its own for Macs, and ask for certificates there only.',
    ),
  ];
}

const settingOf = (uses: readonly AddressUse[]): string =>
  uses.includes('people')
    ? 'KEYHAVEN_PUBLIC_URL'
    : uses.includes('Macs')
      ? 'KEYHAVEN_DEVICE_URL'
      : 'KEYHAVEN_SCEP_URL';
