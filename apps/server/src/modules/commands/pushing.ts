import { after, type Clock, minutes } from '../../kernel/clock.ts';
import type { EnrollmentId } from '../../kernel/id.ts';
import type { Database } from '../../platform/db/database.ts';
import { untilNextPush } from './push-schedule.ts';
import * as pushes from './pushes.store.ts';
import type { Push, Wake } from './transport.port.ts';

export type Pushing = {
  /** Pushes one Mac now. */
  readonly wake: Wake;
  /** Begins to push every Mac whose time has come; returns how many. Safe in any number of processes. */
  readonly pushDue: () => Promise<number>;
  /** Resolves when no push is under way. */
  readonly settled: () => Promise<void>;
};

const batch = 200;
/** Pushes without an answer so far, in this process. */
const mostUnderWay = 1000;

export function createPushing(context: {
  readonly database: Database;
  readonly push: Push;
  readonly clock: Clock;
  readonly chance: () => number;
  readonly onFault: (error: unknown) => void;
}): Pushing {
  const { database, push, clock } = context;
  const underWay = new Set<Promise<void>>();

  /** Takes this push; no other process sends it, and the next one is due in its time. */
  async function claim(target: pushes.PushTarget): Promise<boolean> {
    const next = after(clock.now(), untilNextPush(target.count + 1, context.chance()));
    return pushes.claimPush(database, target, next);
  }

  async function send(target: pushes.PushTarget): Promise<void> {
    const outcome = await push.send(target);
    if (outcome === 'sent') return;
    const now = clock.now();
    if (outcome === 'not-sent') return pushes.putOffPush(database, target, after(now, minutes(1)));
    if (outcome === 'token-refused') return pushes.markPushRefused(database, target, null, now);
    if (outcome.kind === 'token-refused') {
      return pushes.markPushRefused(database, target, outcome.since, now);
    }
    await pushes.putOffPush(database, target, after(now, outcome.milliseconds));
  }

  async function wakeOne(enrollment: EnrollmentId): Promise<void> {
    const target = await pushes.findPushTarget(database, enrollment);
    if (target !== null && (await claim(target))) await send(target);
  }

  const track = (work: Promise<void>): void => {
    const settled = work.catch(context.onFault).finally(() => underWay.delete(settled));
    underWay.add(settled);
  };

  return {
    wake: (enrollment) => track(wakeOne(enrollment)),
    pushDue: async () => {
      const room = Math.min(batch, mostUnderWay - underWay.size);
      if (room <= 0) return 0;
      const due = await pushes.findDuePushes(database, clock.now(), room);
      // Not waited for: one Mac whose push hangs must not hold up those that become due meanwhile.
      for (const target of due) if (await claim(target)) track(send(target));
      return due.length;
    },
    settled: async () => {
      await Promise.all(underWay);
    },
  };
}
