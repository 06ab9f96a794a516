import type { Attempt } from '@keyhaven/api-contract/attempt';
import type { PersonActor } from '../../kernel/actor.ts';
import { publicState } from '../escrow/attempt.ts';
import type { SeenAttempt, SeenDevice } from './seen-device.ts';

/** An attempt in the shape of the API. The Mac's own words are for those who can read devices. */
export const showAttempt = (
  attempt: SeenAttempt,
  { lastContactAt }: Pick<SeenDevice, 'lastContactAt'>,
  actor: PersonActor,
): Attempt => ({
  id: attempt.id,
  kind: attempt.kind,
  state: publicState[attempt.state],
  reason: attempt.reason,
  startedAt: attempt.startedAt.toISOString(),
  endedAt: attempt.endedAt?.toISOString() ?? null,
  lastContactAt: lastContactAt?.toISOString() ?? null,
  startedBy: attempt.startedByName,
  advice: attempt.state === 'stuck' ? 'make-new-key-at-mac' : null,
  deviceError: actor.permissions.has('device:read') ? attempt.deviceWords : null,
});
