import type { Config } from '../../../config.ts';
import { installationMark } from '../../../installation.ts';
import { findVaultKey } from '../../../vault/vault.store.ts';
import { type Answer, ask } from '../ask.ts';
import type { Check, CheckContext } from '../check.ts';
import { hasTables } from '../database-facts.store.ts';
import type { Finding } from '../finding.ts';
import { installationOf, isKeyhaven } from '../local-server.ts';
import { shakeHands } from '../shake-hands.ts';
import { type AddressUse, addressFindings } from './address-findings.ts';

/** Whether the addresses of people, Macs and SCEP lead to this very installation. */
export const addressCheck: Check = {
  name: 'address',
  settings: ['KEYHAVEN_PUBLIC_URL', 'KEYHAVEN_DEVICE_URL', 'KEYHAVEN_SCEP_URL', 'KEYHAVEN_PORT'],
  look: async (context) => {
    const ours = await ownMark(context);
    const looks = addressesOf(context.config).map(({ url, uses }) => lookAt(url, uses, ours, context));
    return (await Promise.all(looks)).flat();
  },
};

export type Address = { readonly url: URL; readonly uses: readonly AddressUse[] };

/** The addresses of the configuration, each once. */
export function addressesOf({ publicUrl, deviceUrl, scepUrl }: Config): readonly Address[] {
  const all: readonly (readonly [AddressUse, URL])[] = [
    ['people', publicUrl],
    ['Macs', deviceUrl],
    ['SCEP', scepUrl],
  ];
  const byOrigin = Map.groupBy(all, ([, url]) => url.origin);
  return [...byOrigin].map(([origin, group]) => ({ url: new URL(origin), uses: group.map(([use]) => use) }));
}

async function lookAt(
  url: URL,
  uses: readonly AddressUse[],
  ours: string | null,
  context: CheckContext,
): Promise<readonly Finding[]> {
  // A certificate that does not hold is the next check's; here counts who stands behind it.
  const [answer, handshake] = await Promise.all([
    askWhoIsThere(url, uses, context),
    url.protocol === 'https:' ? shakeHands(url, context.trust.allRoots, context) : null,
  ]);
  return addressFindings({
    url,
    uses,
    production: context.config.identity.mode === 'production',
    unreachable: answer.kind === 'no-answer' ? answer.code : null,
    status: answer.kind === 'answer' ? answer.status : 0,
    isKeyhaven: isKeyhaven(answer) || installationOf(answer) !== null,
    answered: installationOf(answer),
    ours,
    serverRuns: (await context.localServer()).kind === 'running',
    asksForClientCertificate: handshake?.asksForClientCertificate ?? false,
  });
}

/** By `/healthz`, or by `/mdm` where a name of the Macs' own leads to nothing else. */
async function askWhoIsThere(url: URL, uses: readonly AddressUse[], context: CheckContext): Promise<Answer> {
  const health = await ask({ url: new URL('/healthz', url), anyCertificate: true }, context);
  if (isKeyhaven(health) || health.kind === 'no-answer' || uses.includes('people')) return health;
  const mdm = await ask({ url: new URL('/mdm', url), anyCertificate: true }, context);
  return installationOf(mdm) === null ? health : mdm;
}

/** Of this installation, from its database or else from its server on this machine; null before its first start. */
async function ownMark({ database, localServer }: CheckContext): Promise<string | null> {
  const access = await database();
  if (access.kind === 'open' && (await hasTables(access.database))) {
    const key = await findVaultKey(access.database, 'device-ca');
    if (key !== null) return installationMark(key.certificate);
  }
  const server = await localServer();
  return server.kind === 'running' ? server.installation : null;
}
