import type { Attempt } from '@keyhaven/api-contract/attempt';
import type { Device } from '@keyhaven/api-contract/device';
import type { PersonActor } from '../../kernel/actor.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { AttemptId, DeviceId } from '../../kernel/id.ts';
import type { Database } from '../../platform/db/database.ts';
import { effectivePolicy } from '../policy/policy.ts';
import { findSeenDevice, findShownAttempt } from './overview.store.ts';
import { isSeenBy } from './seen-device.ts';
import { showAttempt } from './show-attempt.ts';
import { showDevice } from './show-device.ts';

/** What one person may see. null: there is nothing there for them. */
export type Overview = {
  readonly findDevice: (actor: PersonActor, device: DeviceId) => Promise<Device | null>;
  readonly findAttempt: (actor: PersonActor, device: DeviceId, attempt: AttemptId) => Promise<Attempt | null>;
};

export const createOverview = ({
  database,
  clock,
}: {
  readonly database: Database;
  readonly clock: Clock;
}): Overview => ({
  async findDevice(actor, id) {
    const seen = await findSeenDevice(database, id);
    if (seen === null || !isSeenBy(seen, actor)) return null;
    return showDevice(seen, actor, (await effectivePolicy(database)).settings, clock.now());
  },
  async findAttempt(actor, device, attempt) {
    const found = await findShownAttempt(database, device, attempt);
    return found === null || !isSeenBy(found, actor) ? null : showAttempt(found.attempt, found, actor);
  },
});
