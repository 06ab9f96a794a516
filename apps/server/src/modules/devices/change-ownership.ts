import type { Ownership } from '@keyhaven/api-contract/device';
import type { PersonActor } from '../../kernel/actor.ts';
import { ok } from '../../kernel/result.ts';
import { done, refuse } from '../../kernel/verb.ts';
import { announce } from '../../platform/changes/changes.ts';
import type { Tx } from '../../platform/db/database.ts';
import type { Device } from './device.ts';
import { type DeviceInput, type DevicePorts, deviceVerb } from './device-verb.ts';
import { changeOwnership as storeOwnership } from './devices.store.ts';

type Input = DeviceInput & { readonly ownership: Ownership };
type Ports = DevicePorts & {
  /** Tells the owner, in the same transaction. */
  readonly tellOwner: (tx: Tx, device: Device, by: PersonActor, now: Date) => Promise<void>;
};

/**
 * IT says whose Mac it is. It opens nothing: a key keeps the class it was stored with (product.md I6), so keys stored
 * while personal stay closed to IT whatever this says.
 */
export const changeOwnership = (tellOwner: Ports['tellOwner']) =>
  deviceVerb<DevicePorts, PersonActor, Input, null, null, null>({
    may: { owner: false, permission: 'device:write' },
    prepare: async () => ok(null),
    async write({ tx, device, input, actor, now }) {
      // Nobody owns it yet, so nobody could be told.
      if (device.quarantinedAt !== null) return refuse({ kind: 'in-quarantine' });
      const detail = { from: device.ownership, to: input.ownership };
      if (device.ownership !== input.ownership) {
        await storeOwnership(tx, device.id, input.ownership, now);
        await tellOwner(tx, device, actor, now);
        await announce(tx, { kind: 'device', device: device.id });
      }
      return done(null, { action: 'device.ownership-changed', device: device.id, detail });
    },
    after: async () => null,
  });
