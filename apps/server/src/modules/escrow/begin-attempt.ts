import type { AttemptKind, FailureReason } from '@keyhaven/api-contract/attempt';
import type { PersonActor, SystemActor } from '../../kernel/actor.ts';
import { after } from '../../kernel/clock.ts';
import type { AttemptId, Ids, KeyVersionId } from '../../kernel/id.ts';
import { announce } from '../../platform/changes/changes.ts';
import type { Tx } from '../../platform/db/database.ts';
import type { Wake } from '../commands/transport.port.ts';
import type { Device } from '../devices/device.ts';
import { effectivePolicy, profileState, unreachableAfter } from '../policy/policy.ts';
import * as store from './escrow.store.ts';
import { queueSurvey } from './survey.ts';

type Beginning = {
  readonly tx: Tx;
  readonly now: Date;
  readonly ids: Ids;
  readonly wake: Wake;
  readonly device: Device;
  readonly actor: PersonActor | SystemActor;
  readonly kind: AttemptKind;
  readonly unlockVersion: KeyVersionId;
};

/** Why this Mac could not rotate even if it answered now, by what it last said; null when it might. */
export async function knownObstacle(tx: Tx, device: Device): Promise<FailureReason | null> {
  if (device.encryptionEnabled === false) return 'not-encrypted';
  if (device.enrollmentId === null) return 'policy-missing';
  const profile = await profileState(tx, device.enrollmentId);
  return profile === 'none' || profile === 'refused' ? 'policy-missing' : null;
}

/** An attempt that waits for its Mac, with the question queued that comes before every rotation. */
export async function beginAttempt(beginning: Beginning): Promise<AttemptId> {
  const { tx, now, ids, wake, device } = beginning;
  const { enrollmentId } = device;
  if (enrollmentId === null) throw new Error('an attempt for a Mac that is not enrolled');
  const deadlineAt = after(now, unreachableAfter(await effectivePolicy(tx)));
  const id = await insert(beginning, { state: 'waiting', reason: null, endedAt: null, deadlineAt });
  const survey = {
    id: ids.next<'command'>(),
    device: device.id,
    enrollment: enrollmentId,
    attempt: id,
  } as const;
  await queueSurvey(tx, wake, { ...survey, phase: 'baseline' }, now);
  return id;
}

/** An attempt that has failed at once, so that the person sees the message and the cause. */
export const failAtOnce = (beginning: Beginning, reason: FailureReason): Promise<AttemptId> =>
  insert(beginning, { state: 'failed', reason, endedAt: beginning.now, deadlineAt: null });

async function insert(
  { tx, now, ids, device, actor, kind, unlockVersion }: Beginning,
  state: Pick<store.NewAttempt, 'state' | 'reason' | 'endedAt' | 'deadlineAt'>,
): Promise<AttemptId> {
  const id = ids.next<'attempt'>();
  const startedBy = actor.kind === 'person' ? actor.person : null;
  const attempt = { id, device: device.id, enrollment: device.enrollmentId, kind, unlockVersion, startedBy };
  const fixed = { ownershipClass: device.ownership, startedByName: actor.name };
  await store.insertAttempt(tx, { ...attempt, ...fixed, ...state }, now);
  await announce(tx, { kind: 'attempt', device: device.id, attempt: id });
  return id;
}
