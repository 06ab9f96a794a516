import type { PersonActor } from '../../kernel/actor.ts';
import { ok } from '../../kernel/result.ts';
import { done } from '../../kernel/verb.ts';
import { announce } from '../../platform/changes/changes.ts';
import { type DeviceInput, type DevicePorts, deviceVerb } from '../devices/device-verb.ts';
import { markRemoved } from '../devices/devices.ts';
import { enrollmentProfileIdentifier } from '../devices/enrollment-profile.ts';
import { queueCommand } from './queue.ts';
import type { Wake } from './transport.port.ts';

/** Takes the Mac out of management. It stays in its owner's list, with its keys. */
export const unenrollDevice = (wake: Wake) =>
  deviceVerb<DevicePorts, PersonActor, DeviceInput, null, null, null>({
    may: { owner: true, permission: 'device:write' },
    prepare: async () => ok(null),
    async write({ tx, device, now, ids }) {
      await markRemoved(tx, device.id, now);
      await announce(tx, { kind: 'device', device: device.id });
      const { enrollmentId: enrollment } = device;
      if (enrollment !== null && device.enrollmentState === 'active') {
        const intent = { identifier: enrollmentProfileIdentifier(enrollment) };
        const command = {
          id: ids.next<'command'>(),
          device: device.id,
          enrollment,
          kind: 'RemoveProfile',
          intent,
        } as const;
        await queueCommand(tx, wake, command, now);
      }
      return done(null, { action: 'device.removed', device: device.id });
    },
    after: async () => null,
  });
