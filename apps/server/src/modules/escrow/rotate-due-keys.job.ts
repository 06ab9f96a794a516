import type { PolicySettings } from '@keyhaven/api-contract/policy';
import { after, days, hours } from '../../kernel/clock.ts';
import { done, refuse, runWrite } from '../../kernel/verb.ts';
import { lockDevice } from '../devices/devices.ts';
import { effectivePolicy } from '../policy/policy.ts';
import { beginAttempt, knownObstacle } from './begin-attempt.ts';
import type { EscrowContext } from './context.ts';
import * as due from './due-rotations.store.ts';
import * as store from './escrow.store.ts';
import { keyToUnlockWith } from './key-to-unlock-with.ts';

const leastAnHour = 20;
/** Of a fleet, so many parts an hour are rotated for age or proof: all of it in a day. */
const partsOfFleet = 24;
const mostAfterReveal = 60;
const proveOncePer = hours(12);

/**
 * Begins the rotations that the policy wants, as attempts like any other: of keys that are too old, that somebody has
 * seen, or that only the escrow copy vouches for. Spread out: a share of the fleet an hour, except after a reveal,
 * which is rare and has waited for its time already. Returns how many it began. Safe in any number of processes.
 */
export async function rotateDueKeys(context: EscrowContext): Promise<number> {
  const { database, runner } = context;
  if (!context.rotationAllowed) return 0;
  const { settings } = await effectivePolicy(database);
  const wanted = wantedBy(settings);
  await due.forgetUnwanted(database, wanted);
  const now = runner.clock.now();
  const { begun, active } = await due.countSystemAttempts(database, after(now, -hours(1)));
  const share = Math.max(leastAnHour, Math.ceil(active / partsOfFleet));
  // A quarter of the share at a time, so that what comes due together does not go out together.
  const room = Math.min(Math.ceil(share / 4), share - begun);
  const claimed = [...(await due.claimDueRotations(database, ['after-reveal'], now, mostAfterReveal))];
  if (room > 0) {
    await findDue(context, settings, now, room);
    claimed.push(...(await due.claimDueRotations(database, ['prove', 'interval'], now, room)));
  }
  let count = 0;
  for (const each of claimed) {
    try {
      if (await begin(context, each)) count += 1;
    } catch (error) {
      // One Mac's fault must not keep the others waiting; its own time comes again.
      context.onFault(error, 'begin a due rotation');
    }
  }
  return count;
}

function wantedBy(settings: PolicySettings): readonly due.DueReason[] {
  return [
    ...(settings.rotateAfterRevealMinutes === null ? [] : (['after-reveal'] as const)),
    ...(settings.proveEscrowCopies ? (['prove'] as const) : []),
    ...(settings.rotationIntervalDays === null ? [] : (['interval'] as const)),
  ];
}

async function findDue(
  { database }: EscrowContext,
  { proveEscrowCopies, rotationIntervalDays }: PolicySettings,
  now: Date,
  limit: number,
): Promise<void> {
  if (proveEscrowCopies) await due.findUnproven(database, after(now, -proveOncePer), now, limit);
  if (rotationIntervalDays !== null) {
    await due.findAged(database, after(now, -days(rotationIntervalDays)), now, limit);
  }
}

async function begin(context: EscrowContext, { device: id, reason }: due.DueRotation): Promise<boolean> {
  const actor = { kind: 'system', name: 'policy' } as const;
  const begun = await runWrite(context.runner, actor, async ({ tx, now, ids }) => {
    const device = await lockDevice(tx, id);
    if (device === null || device.removedAt !== null || device.enrollmentState !== 'active') {
      return refuse({ kind: 'device-not-enrolled' });
    }
    if ((await store.findOpenAttempt(tx, id)) !== null) return refuse({ kind: 'attempt-in-progress' });
    const unlock = await keyToUnlockWith(tx, device);
    const obstacle = await knownObstacle(tx, device);
    if (unlock === null || obstacle !== null) {
      const detail = { why: obstacle ?? 'no-recovery-key', cause: reason };
      return refuse(
        { kind: 'no-recovery-key' },
        { action: 'recovery-key.rotation-refused', device: id, detail },
      );
    }
    const beginning = { tx, now, ids, wake: context.wake, device, actor } as const;
    const attempt = await beginAttempt({ ...beginning, kind: 'rotate', unlockVersion: unlock.id });
    const detail = { attempt, version: unlock.version, cause: reason };
    return done(null, { action: 'recovery-key.rotation-asked', device: id, detail });
  });
  return begun.ok;
}
