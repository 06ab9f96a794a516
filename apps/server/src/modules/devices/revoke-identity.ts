import type { PersonActor } from '../../kernel/actor.ts';
import { ok } from '../../kernel/result.ts';
import { done, refuse } from '../../kernel/verb.ts';
import { announce } from '../../platform/changes/changes.ts';
import { type DeviceInput, type DevicePorts, deviceVerb } from './device-verb.ts';
import type { EnrollmentReactions } from './devices.ts';
import { endEnrollment } from './enrollments.store.ts';
import { revokeIdentities } from './identities.store.ts';

/**
 * IT takes back a Mac's certificates, because they may be in other hands: nothing under them is heard any more, and the
 * Mac must be enrolled again. Its keys stay.
 */
export const revokeIdentity = (
  reactions: EnrollmentReactions,
): ReturnType<typeof deviceVerb<DevicePorts, PersonActor, DeviceInput, null, null, null>> =>
  deviceVerb<DevicePorts, PersonActor, DeviceInput, null, null, null>({
    may: { owner: false, permission: 'device:write' },
    prepare: async () => ok(null),
    async write({ tx, device, now }) {
      const { id, enrollmentId: enrollment } = device;
      if (enrollment === null) return refuse({ kind: 'device-not-enrolled' });
      const count = await revokeIdentities(tx, enrollment, 'by-it', null, now);
      if (count === 0) return refuse({ kind: 'device-not-enrolled' });
      const live = device.enrollmentState !== 'ended';
      if (live) await endEnrollment(tx, enrollment, now);
      const notes = live ? await reactions.onEnded(tx, { device: id, enrollment, next: null, now }) : [];
      await announce(tx, { kind: 'device', device: id });
      const detail = { count, because: 'by-it' };
      return done(null, { action: 'identity.revoked', device: id, detail }, ...notes);
    },
    after: async () => null,
  });
