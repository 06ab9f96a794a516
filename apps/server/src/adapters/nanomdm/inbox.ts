import { after, type Clock, hours, minutes } from '../../kernel/clock.ts';
import type { EnrollmentId } from '../../kernel/id.ts';
import { findMacByEnrollment } from '../../modules/devices/devices.ts';
import type { KnownMac } from '../../modules/devices/enrollment.ts';
import type { Database } from '../../platform/db/database.ts';
import type { Vault } from '../../vault/vault.ts';
import { type Heard, type HearingContext, hearEvent } from './hear-event.ts';
import * as store from './nanomdm.store.ts';

export type InboxContext = {
  readonly database: Database;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly hearing: () => HearingContext;
  readonly onRefused: (why: string, enrollment: EnrollmentId | null) => void;
  readonly onFault: (error: unknown, doing: string) => void;
};

/** Stored events, and making sense of them: one Mac's one after the other, each until it is settled. */
export type Inbox = {
  /** Hears what is due of this enrollment, soon. */
  readonly wake: (enrollment: EnrollmentId) => void;
  /** Hears everything that is due; returns for how many Macs. */
  readonly catchUp: () => Promise<number>;
  readonly settled: () => Promise<void>;
};

const leaseLasts = minutes(1);
/** So long an event waits for the one before it, which may be on its way; then that one is lost. */
const waitsFor = minutes(2);
const askAgainAfter = 5000;
const atOnce = 200;

const untilRetry = (tries: number): number => Math.min(hours(1), 5000 * 2 ** Math.min(tries, 12));

export function createInbox(context: InboxContext): Inbox {
  const { database, clock } = context;
  const underWay = new Map<EnrollmentId, Promise<void>>();

  async function hear(enrollment: EnrollmentId): Promise<void> {
    for (;;) {
      const now = clock.now();
      const event = await store.leaseNextEvent(database, enrollment, now, after(now, leaseLasts));
      if (event === null) return;
      await hearOne(enrollment, event);
    }
  }

  async function hearOne(enrollment: EnrollmentId, event: store.WaitingEvent): Promise<void> {
    const { id, topic, receivedAt } = event;
    try {
      const mac = await findMacByEnrollment(database, enrollment);
      if (mac === null) throw new Error('an event of no enrollment');
      const message = await context.vault.readEvent(id);
      const waitedLong = clock.now() >= after(receivedAt, waitsFor);
      await conclude(mac, event, await hearEvent(context.hearing(), mac, topic, message, waitedLong));
    } catch (error) {
      // The others must not wait for one that cannot be heard today.
      context.onFault(error, `hear ${topic}`);
      await store.postponeEvent(database, id, after(clock.now(), untilRetry(event.tries)));
    }
  }

  async function conclude(mac: KnownMac, { id, topic }: store.WaitingEvent, heard: Heard): Promise<void> {
    const now = clock.now();
    switch (heard.kind) {
      case 'done':
        await store.settleEvent(database, id, 'done', now);
        if (topic !== 'mdm.Connect') await store.makeEventsDue(database, mac.enrollment, now);
        return;
      case 'refused':
        context.onRefused(heard.why, mac.enrollment);
        await store.settleEvent(database, id, 'refused', now);
        return;
      case 'too-early':
        await store.postponeEvent(database, id, after(now, askAgainAfter));
    }
  }

  /** One run an enrollment; what comes in the meantime gets one more after it. */
  function run(enrollment: EnrollmentId): Promise<void> {
    const before = underWay.get(enrollment) ?? Promise.resolve();
    const mine = before
      .then(() => hear(enrollment))
      .catch((error: unknown) => context.onFault(error, 'hear events'))
      .finally(() => {
        if (underWay.get(enrollment) === mine) underWay.delete(enrollment);
      });
    underWay.set(enrollment, mine);
    return mine;
  }

  return {
    wake: (enrollment) => void run(enrollment),
    catchUp: async () => {
      const due = await store.findDueEnrollments(database, clock.now(), atOnce);
      for (const enrollment of due) await run(enrollment);
      return due.length;
    },
    settled: async () => {
      await Promise.all(underWay.values());
    },
  };
}
