import { done, type Runner, refuse, runWrite } from '../../kernel/verb.ts';
import type { Database, Tx } from '../../platform/db/database.ts';
import { queueCommand } from '../commands/queue.ts';
import type { Wake } from '../commands/transport.port.ts';
import { lockDevice } from '../devices/devices.ts';
import { effectivePolicy } from './policy.ts';
import type { Policy } from './policy-settings.ts';
import * as store from './profiles.store.ts';

export type ReplaceContext = {
  readonly database: Database;
  readonly runner: Runner<Tx>;
  readonly wake: Wake;
};

const leastAtOnce = 25;
/** At a run every 30 s, a whole fleet has its new profile in four hours. */
const runsAFleet = 480;

/** Queues the FileVault profile for a share of the Macs that want it anew; returns how many. */
export async function replaceProfiles(context: ReplaceContext): Promise<number> {
  const { database, runner } = context;
  const policy = await effectivePolicy(database);
  const now = runner.clock.now();
  let due = await store.findDueProfiles(database, policy, now, leastAtOnce);
  if (due.length === leastAtOnce) {
    const { active } = await store.countProfiles(database, policy);
    const share = Math.max(leastAtOnce, Math.ceil(active / runsAFleet));
    due = await store.findDueProfiles(database, policy, now, share);
  }
  for (const each of due) await queue(context, policy, each);
  return due.length;
}

async function queue(
  { runner, wake }: ReplaceContext,
  policy: Policy,
  { device: id, enrollment }: store.DueProfile,
): Promise<void> {
  await runWrite(runner, { kind: 'system', name: policy.name }, async ({ tx, now, ids }) => {
    const device = await lockDevice(tx, id);
    const stands = device?.enrollmentId === enrollment && device.enrollmentState === 'active';
    if (!stands || !(await store.takeDueProfile(tx, enrollment, policy, now))) {
      return refuse({ kind: 'not-found' });
    }
    const command = { id: ids.next<'command'>(), device: id, enrollment, kind: 'InstallProfile' } as const;
    await queueCommand(tx, wake, { ...command, intent: {} }, now);
    return done(null, {
      action: 'file-vault-profile.queued',
      device: id,
      detail: { policy: policy.name, version: policy.profileVersion },
    });
  });
}
