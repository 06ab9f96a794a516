import type { PersonActor } from '../../kernel/actor.ts';
import { ok } from '../../kernel/result.ts';
import { done } from '../../kernel/verb.ts';
import { announce } from '../../platform/changes/changes.ts';
import { type DeviceInput, type DevicePorts, deviceVerb } from './device-verb.ts';
import { renameDevice as storeName } from './devices.store.ts';

type Input = DeviceInput & { readonly name: string };

/** The owner names their Mac; what the Mac calls itself no longer changes it. */
export const renameDevice = deviceVerb<DevicePorts, PersonActor, Input, null, null, null>({
  may: { owner: true, permission: null },
  prepare: async () => ok(null),
  async write({ tx, device, input }) {
    await storeName(tx, device.id, input.name);
    await announce(tx, { kind: 'device', device: device.id });
    return done(null, { action: 'device.renamed', device: device.id });
  },
  after: async () => null,
});
