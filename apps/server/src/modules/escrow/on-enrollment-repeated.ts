import type { Ids } from '../../kernel/id.ts';
import type { NotedAs } from '../../kernel/verb.ts';
import type { Tx } from '../../platform/db/database.ts';
import { queueCommand } from '../commands/queue.ts';
import { type EnrollmentChange, lockDevice } from '../devices/devices.ts';
import { step } from './attempt.ts';
import type { EscrowContext } from './context.ts';
import * as store from './escrow.store.ts';
import { forgetEscrowCopy } from './escrow-copies.store.ts';
import { newcomerQuestion } from './newcomer.store.ts';
import { takeStep } from './take-step.ts';

/**
 * A live generation began once more, and who speaks under it now may be another machine: no key is confirmed for it any
 * more, and an attempt under way ends or turns uncertain as at a new enrollment. Only what is asked from here on
 * confirms a key, and what it is asked at once is how its disk is and what its escrow copy holds.
 */
export async function onEnrollmentRepeated(
  context: EscrowContext,
  tx: Tx,
  { device: id, enrollment, now }: EnrollmentChange,
  ids: Ids,
): Promise<readonly NotedAs[]> {
  const device = await lockDevice(tx, id);
  if (device === null) return [];
  await store.forgetConfirmations(tx, enrollment);
  await forgetEscrowCopy(tx, enrollment);
  const question = { id: ids.next<'command'>(), enrollment, device: id, kind: 'SecurityInfo' } as const;
  await queueCommand(tx, context.wake, { ...question, intent: newcomerQuestion }, now);
  const attempt = await store.findOpenAttempt(tx, id);
  if (attempt === null) return [];
  // Not of this generation any more: it never goes out again, whatever was typed for it.
  await store.partFromEnrollment(tx, attempt.id);
  const scene = { tx, now, ids, device, attempt: { ...attempt, enrollment: null } };
  return (await takeStep(context, scene, step(attempt.state, { kind: 're-enrolled' }))).notes;
}
