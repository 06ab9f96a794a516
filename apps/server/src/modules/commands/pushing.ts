import { after, type Clock, minutes } from '../../kernel/clock.ts';
import type { EnrollmentId } from '../../kernel/id.ts';
import type { Database } from '../../platform/db/database.ts';
import { untilNextPush } from './push-schedule.ts';
import * as pushes from './pushes.store.ts';
import type { Push, Wake } from './transport.port.ts';

export type Pushing = {
  /** Pushes one Mac now, if a push is due: two commands of one transaction are one push. */
  readonly wake: Wake;
  /** Pushes every Mac whose time has come; returns how many. Safe in any number of processes. */
  readonly pushDue: () => Promise<number>;
  /** Resolves when no push is under way. */
  readonly settled: () => Promise<void>;
};

const batch = 200;

export function createPushing(context: {
  readonly database: Database;
  readonly push: Push;
  readonly clock: Clock;
  readonly chance: () => number;
  readonly onFault: (error: unknown) => void;
}): Pushing {
  const { database, push, clock } = context;
  const underWay = new Set<Promise<void>>();

  async function pushOne(target: pushes.PushTarget): Promise<void> {
    const now = clock.now();
    const next = after(now, untilNextPush(target.count + 1, context.chance()));
    if (!(await pushes.claimPush(database, target, now, next))) return;
    const outcome = await push.send(target);
    if (outcome === 'token-refused') {
      await pushes.markPushRefused(database, target.enrollment, target.token, now);
    }
    if (outcome === 'not-sent') {
      await pushes.schedulePush(database, target.enrollment, after(now, minutes(1)), target.count);
    }
  }

  async function wakeOne(enrollment: EnrollmentId): Promise<void> {
    const target = await pushes.findPushTarget(database, enrollment);
    if (target !== null) await pushOne(target);
  }

  const track = (work: Promise<void>): void => {
    const settled = work.catch(context.onFault).finally(() => underWay.delete(settled));
    underWay.add(settled);
  };

  return {
    wake: (enrollment) => track(wakeOne(enrollment)),
    pushDue: async () => {
      const due = await pushes.findDuePushes(database, clock.now(), batch);
      await Promise.all(due.map(pushOne));
      return due.length;
    },
    settled: async () => {
      await Promise.all(underWay);
    },
  };
}
