import type { Actor } from '../../kernel/actor.ts';
import { ok } from '../../kernel/result.ts';
import { done, refuse } from '../../kernel/verb.ts';
import { type DeviceInput, type DevicePorts, deviceVerb } from '../devices/device-verb.ts';
import { queueCommand } from './queue.ts';
import type { Wake } from './transport.port.ts';

/** Makes the Mac report now. */
export const checkStatus = (wake: Wake) =>
  deviceVerb<DevicePorts, Actor, DeviceInput, null, null, null>({
    may: { owner: true, permission: 'recovery-key:rotate' },
    prepare: async () => ok(null),
    async write({ tx, device, now, ids }) {
      const { enrollmentId: enrollment } = device;
      if (enrollment === null || device.enrollmentState !== 'active' || device.removedAt !== null) {
        return refuse({ kind: 'device-not-enrolled' });
      }
      for (const kind of ['DeviceInformation', 'SecurityInfo', 'ProfileList'] as const) {
        const command = { id: ids.next<'command'>(), device: device.id, enrollment, kind, intent: {} };
        await queueCommand(tx, wake, command, now);
      }
      return done(null, { action: 'device.status-asked', device: device.id });
    },
    after: async () => null,
  });
