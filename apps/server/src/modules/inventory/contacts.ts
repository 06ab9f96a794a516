import type { ContactKind } from '@keyhaven/api-contract/check-in';
import { after, type Clock, days } from '../../kernel/clock.ts';
import type { DeviceId } from '../../kernel/id.ts';
import type { Database } from '../../platform/db/database.ts';
import { addContacts, type CountedContact, forgetContacts } from './check-ins.store.ts';

/** Counts contacts of Macs. A poll costs no statement: they are written together. */
export type Contacts = {
  readonly count: (device: DeviceId, kind: ContactKind) => void;
  /** Writes what was counted since the last time. What cannot be written is kept for the next. */
  readonly flush: () => Promise<void>;
};

const keptFor = days(90);
const forgottenAtOnce = 5000;
const hourMs = 3_600_000;

export function countContacts({
  database,
  clock,
}: {
  readonly database: Database;
  readonly clock: Clock;
}): Contacts {
  let counted = new Map<string, CountedContact>();
  const add = (contact: CountedContact): void => {
    const { device, hour, kind } = contact;
    const key = `${device} ${hour.getTime()} ${kind}`;
    const known = counted.get(key);
    counted.set(
      key,
      known === undefined
        ? contact
        : { ...known, count: known.count + contact.count, lastAt: contact.lastAt },
    );
  };
  return {
    count: (device, kind) => {
      const lastAt = clock.now();
      const hour = new Date(Math.floor(lastAt.getTime() / hourMs) * hourMs);
      add({ device, hour, kind, count: 1, lastAt });
    },
    flush: async () => {
      const contacts = [...counted.values()];
      counted = new Map();
      try {
        if (contacts.length > 0) await addContacts(database, contacts);
      } catch (error) {
        contacts.forEach(add);
        throw error;
      }
      await forgetContacts(database, after(clock.now(), -keptFor), forgottenAtOnce);
    },
  };
}
