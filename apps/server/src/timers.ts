import { type NanoMdm } from './adapters/nanomdm/nanomdm.ts';
import { after, type Clock } from './kernel/clock.ts';
import { chainNotes } from './modules/audit/audit.ts';
import { expireCommands } from './modules/commands/queue.ts';
import { rotateDueKeys } from './modules/escrow/rotate-due-keys.job.ts';
import { timeOutAttempts } from './modules/escrow/while-waiting.ts';
import { askInventory } from './modules/inventory/ask-inventory.job.ts';
import { tell } from './modules/notices/notices.ts';
import { replaceProfiles } from './modules/policy/replace-profiles.job.ts';
import { type PushCertificates } from './modules/push-certificate/push-certificate.ts';
import { warnOfExpiry } from './modules/push-certificate/warn-of-expiry.job.ts';
import { type Database } from './platform/db/database.ts';
import type { Rooms } from './rooms.ts';

/** What recurs, in one process at a time. */
export type Timer = {
  readonly name: string;
  readonly seconds: number;
  readonly handler: () => Promise<void>;
};

/** What the rooms want done every so often. */
export function timersOf(
  rooms: Rooms,
  certificates: PushCertificates,
  database: Database,
  clock: Clock,
): readonly Timer[] {
  const { runner, pushing } = rooms;
  const { wake } = pushing;
  const asking = { database, wake, clock, ids: runner.ids, chance: Math.random };
  return [
    { name: 'inventory.ask', seconds: 10, handler: async () => void (await askInventory(asking)) },
    { name: 'inventory.check-ins', seconds: 5, handler: rooms.contacts.flush },
    {
      name: 'policy.replace-profiles',
      seconds: 30,
      handler: async () => void (await replaceProfiles({ database, runner, wake })),
    },
    { name: 'commands.push', seconds: 2, handler: async () => void (await rooms.pushing.pushDue()) },
    { name: 'escrow.time-out', seconds: 5, handler: async () => void (await timeOutAttempts(rooms.escrow)) },
    { name: 'escrow.rotate-due', seconds: 60, handler: async () => void (await rotateDueKeys(rooms.escrow)) },
    {
      name: 'commands.catch-up',
      seconds: 10,
      handler: async () => void (await rooms.conversation.catchUp(after(clock.now(), -10_000))),
    },
    { name: 'devices.renew', seconds: 600, handler: async () => void (await rooms.renewIdentities()) },
    {
      name: 'commands.expire',
      seconds: 3600,
      handler: async () => void (await expireCommands(database, clock.now())),
    },
    {
      name: 'push-certificate.expiry',
      seconds: 3600,
      handler: () => warnOfExpiry({ database, runner, certificates, tell }),
    },
    {
      name: 'audit.chain',
      seconds: 1,
      handler: async () => {
        while ((await chainNotes(database)) > 0);
      },
    },
  ];
}

/** The same where NanoMDM speaks with the Macs. */
export const timersOfNanoMdm = (nanoMdm: NanoMdm | null): readonly Timer[] =>
  nanoMdm === null
    ? []
    : [
        { name: 'nanomdm.catch-up', seconds: 5, handler: async () => void (await nanoMdm.catchUp()) },
        { name: 'nanomdm.reconcile', seconds: 60, handler: nanoMdm.reconcile },
      ];
