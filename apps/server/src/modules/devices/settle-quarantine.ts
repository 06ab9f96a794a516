import type { PersonActor } from '../../kernel/actor.ts';
import type { Ids } from '../../kernel/id.ts';
import { ok } from '../../kernel/result.ts';
import { done, type NotedAs, refuse } from '../../kernel/verb.ts';
import { announce } from '../../platform/changes/changes.ts';
import type { Tx } from '../../platform/db/database.ts';
import type { Device } from './device.ts';
import { type DeviceInput, type DevicePorts, deviceVerb } from './device-verb.ts';
import * as store from './devices.store.ts';
import type { EnrollmentReactions } from './devices.ts';
import { endEnrollment, lockEnrollment, refuseEnrollment, releaseEnrollment } from './enrollments.store.ts';
import { hasLiveCertificate, revokeIdentities } from './identities.store.ts';

/** `accept`: it is that person's Mac. `refuse`: it is not, and its certificate counts no more. */
export type QuarantineDecision = 'accept' | 'refuse';
type Input = DeviceInput & { readonly decision: QuarantineDecision };
type Settling = {
  readonly tx: Tx;
  readonly device: Device;
  readonly actor: PersonActor;
  readonly now: Date;
  readonly ids: Ids;
};

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
      const settling = { tx, device, actor, now, ids };
      if (input.decision === 'accept' && !(await isStillThere(settling)))
        return refuse({ kind: 'not-quarantined' });
      const claimed = await store.lockClaimed(tx, device.id);
      const notes =
        input.decision === 'refuse'
          ? await turnAway(settling)
          : [...(await retire(settling, reactions)), ...(await letIn(settling, reactions))];
      await tellOfSettlement(settling, reactions, claimed);
      await announce(tx, { kind: 'device', device: device.id });
      const detail = { decision: input.decision };
      return done(null, { action: 'enrollment.quarantine-settled', device: device.id, detail }, ...notes);
    },
    after: async () => null,
  });

/** One that has left meanwhile, or whose certificate was taken back, must not take anybody's place. */
async function isStillThere({ tx, device }: Settling): Promise<boolean> {
  const { enrollmentId: enrollment } = device;
  if (enrollment === null || (await lockEnrollment(tx, enrollment))?.state !== 'quarantined') return false;
  return hasLiveCertificate(tx, enrollment);
}

/** The owner of the Mac that was claimed hears what IT decided, unless another has taken its place: that they heard. */
async function tellOfSettlement(
  { tx, actor, now, ids }: Settling,
  { tell }: EnrollmentReactions,
  claimed: Device | null,
): Promise<void> {
  const stands = claimed === null ? null : await store.findDevice(tx, claimed.id);
  if (stands === null || stands.enrollmentState === 'ended') return;
  const kind = 'quarantine-settled';
  await tell.owner(tx, { id: ids.next<'notice'>(), device: stands, kind, by: actor, reason: null, now });
}

/** The Mac whose UDID this one has: another is in its place from now on. */
async function retire(
  { tx, device, actor, now, ids }: Settling,
  reactions: EnrollmentReactions,
): Promise<readonly NotedAs[]> {
  const before = await store.lockDeviceByUdid(tx, device.udid);
  if (before === null) return [];
  await store.markReplaced(tx, before.id, now);
  const kind = 'mac-reassigned';
  await reactions.tell.owner(tx, {
    id: ids.next<'notice'>(),
    device: before,
    kind,
    by: actor,
    reason: null,
    now,
  });
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
