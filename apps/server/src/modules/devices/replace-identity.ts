import { done, type Runner, refuse, runWrite } from '../../kernel/verb.ts';
import type { Tx } from '../../platform/db/database.ts';
import type { KnownMac } from './enrollment.ts';
import { markUsed, revokeIdentities } from './identities.store.ts';

/**
 * The Mac works under its renewed certificate: the ones before are revoked. Not earlier than its first message on the
 * command channel, since a profile that fails to install is taken back, and its certificate with it.
 */
export async function replaceIdentity(runner: Runner<Tx>, mac: KnownMac): Promise<void> {
  const { enrollment, device, identity } = mac;
  await runWrite(runner, { kind: 'mac', enrollment, device }, async ({ tx, now }) => {
    await markUsed(tx, identity.id, now);
    const count = await revokeIdentities(tx, enrollment, 'renewed', identity.id, now);
    if (count === 0) return refuse({ kind: 'not-found' });
    const about = device === null ? {} : { device };
    return done(null, { action: 'identity.revoked', ...about, detail: { count, because: 'renewed' } });
  });
}
