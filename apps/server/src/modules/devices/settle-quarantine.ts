import type { PersonActor } from '../../kernel/actor.ts';
import { ok } from '../../kernel/result.ts';
import { done, type NotedAs, refuse } from '../../kernel/verb.ts';
import { announce } from '../../platform/changes/changes.ts';
import type { Tx } from '../../platform/db/database.ts';
import type { Device } from './device.ts';
import { type DeviceInput, type DevicePorts, deviceVerb } from './device-verb.ts';
import * as store from './devices.store.ts';
import type { EnrollmentReactions } from './devices.ts';
import { endEnrollment, lockEnrollment, refuseEnrollment, releaseEnrollment } from './enrollments.store.ts';
import { revokeIdentities } from './identities.store.ts';

/** `accept`: it is that person's Mac. `refuse`: it is not, and its certificate counts no more. */
export type QuarantineDecision = 'accept' | 'refuse';
type Input = DeviceInput & { readonly decision: QuarantineDecision };
type Settling = { readonly tx: Tx; readonly device: Device; readonly now: Date };

/**
 * IT settles a Mac in quarantine. Accepting it gives nobody an earlier key: it is a Mac of its own, and the one whose
 * UDID it has keeps its owner and its keys, ends its enrollment and is told.
 */
export const settleQuarantine = (
  reactions: EnrollmentReactions,
): ReturnType<typeof deviceVerb<DevicePorts, PersonActor, Input, null, null, null>> =>
  deviceVerb<DevicePorts, PersonActor, Input, null, null, null>({
    may: { owner: false, permission: 'device:write' },
    prepare: async () => ok(null),
    async write({ tx, device, input, actor, now, ids }) {
      if (device.quarantinedAt === null || device.removedAt !== null)
        return refuse({ kind: 'not-quarantined' });
      // Who claims it must not be the one who grants it.
      if (device.ownerId === actor.person) return refuse({ kind: 'forbidden' });
      const settling = { tx, device, now };
      const notes =
        input.decision === 'refuse'
          ? await turnAway(settling)
          : [
              ...(await retire(settling, reactions, ids.next<'notice'>(), actor)),
              ...(await letIn(settling, reactions)),
            ];
      await announce(tx, { kind: 'device', device: device.id });
      const detail = { decision: input.decision };
      return done(null, { action: 'enrollment.quarantine-settled', device: device.id, detail }, ...notes);
    },
    after: async () => null,
  });

/** The Mac whose UDID this one has: another is in its place from now on. */
async function retire(
  { tx, device, now }: Settling,
  reactions: EnrollmentReactions,
  notice: Parameters<EnrollmentReactions['tell']['owner']>[1]['id'],
  actor: PersonActor,
): Promise<readonly NotedAs[]> {
  const before = await store.lockDeviceByUdid(tx, device.udid);
  if (before === null) return [];
  await store.markReplaced(tx, before.id, now);
  const kind = 'mac-reassigned';
  await reactions.tell.owner(tx, { id: notice, device: before, kind, by: actor, reason: null, now });
  await announce(tx, { kind: 'device', device: before.id });
  const { enrollmentId: enrollment } = before;
  if (enrollment === null || before.enrollmentState === 'ended') return [];
  await endEnrollment(tx, enrollment, now);
  return reactions.onEnded(tx, { device: before.id, enrollment, next: null, now });
}

async function letIn(
  { tx, device, now }: Settling,
  reactions: EnrollmentReactions,
): Promise<readonly NotedAs[]> {
  await store.releaseFromQuarantine(tx, device.id);
  const { enrollmentId: enrollment } = device;
  if (enrollment === null) return [];
  await releaseEnrollment(tx, enrollment, now);
  const released = await lockEnrollment(tx, enrollment);
  // Without a push token yet, its TokenUpdate makes it live.
  return released?.state === 'active'
    ? reactions.onActivated(tx, { device: device.id, enrollment, now })
    : [];
}

async function turnAway({ tx, device, now }: Settling): Promise<readonly NotedAs[]> {
  await store.removeDevice(tx, device.id, now);
  const { enrollmentId: enrollment } = device;
  if (enrollment === null) return [];
  await refuseEnrollment(tx, enrollment, 'refused-by-it');
  await endEnrollment(tx, enrollment, now);
  const count = await revokeIdentities(tx, enrollment, 'refused', null, now);
  return [{ action: 'identity.revoked', device: device.id, detail: { count, because: 'refused' } }];
}
