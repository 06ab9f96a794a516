import type { PersonActor } from '../../kernel/actor.ts';
import type { Ids } from '../../kernel/id.ts';
import { announce } from '../../platform/changes/changes.ts';
import type { Tx } from '../../platform/db/database.ts';
import type { Device } from '../devices/device.ts';
import type { Tell } from '../devices/tell.port.ts';
import { findPeopleWithRoles, insertNotice, type NewNotice } from './notices.store.ts';
import { rolesThatMay } from './roles-that-may.ts';

/** What the owner of a Mac, or IT, finds in the portal; written in the transaction of what it tells. */
export const tell: Tell = {
  owner: async (tx, { id, device, kind, by, reason, now }) => {
    await tellOwnerOf(tx, device, { id, kind, byName: by?.name ?? null, reason }, now);
  },
  it: async (tx, { device, kind, reason, now, ids }) => {
    for (const person of await findPeopleWithRoles(tx, rolesThatMay('recovery-key:rotate'))) {
      // The owner has a notice of their own.
      if (person === device?.ownerId && device.quarantinedAt === null) continue;
      await leave(
        tx,
        { id: ids.next(), person, device: device?.id ?? null, kind, byName: null, reason },
        now,
      );
    }
  },
};

/** Tells the owner that IT has said whose Mac it is: for `changeOwnership` of devices. */
export const tellOwnershipChanged =
  (ids: Ids) =>
  async (tx: Tx, device: Device, by: PersonActor, now: Date): Promise<void> => {
    const kind = 'ownership-changed';
    await tellOwnerOf(tx, device, { id: ids.next(), kind, byName: by.name, reason: null }, now);
  };

async function tellOwnerOf(
  tx: Tx,
  device: Device,
  notice: Omit<NewNotice, 'person' | 'device'>,
  now: Date,
): Promise<void> {
  // Whoever claims a Mac in quarantine is not its owner until IT says so.
  if (device.quarantinedAt !== null) return;
  await leave(tx, { ...notice, person: device.ownerId, device: device.id }, now);
}

async function leave(tx: Tx, notice: NewNotice, now: Date): Promise<void> {
  await insertNotice(tx, notice, now);
  await announce(tx, { kind: 'notice', person: notice.person, notice: notice.id });
}
