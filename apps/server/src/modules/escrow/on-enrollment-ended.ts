import type { EnrollmentId, Ids } from '../../kernel/id.ts';
import { type NotedAs } from '../../kernel/verb.ts';
import type { Tx } from '../../platform/db/database.ts';
import { cancelQueue } from '../commands/queue.ts';
import { type EnrollmentChange, lockDevice } from '../devices/devices.ts';
import { step } from './attempt.ts';
import type { EscrowContext } from './context.ts';
import * as store from './escrow.store.ts';
import { takeStep } from './take-step.ts';

/** A generation ended. Its queue is cleared; keys and escrow keys stay; an attempt under way learns of it. */
export async function onEnrollmentEnded(
  context: EscrowContext,
  tx: Tx,
  change: EnrollmentChange & { readonly next: EnrollmentId | null },
  ids: Ids,
): Promise<readonly NotedAs[]> {
  await cancelQueue(tx, change.enrollment);
  const device = await lockDevice(tx, change.device);
  const attempt = await store.findOpenAttempt(tx, change.device);
  if (device === null || attempt === null) return [];
  const event = { kind: change.next === null ? 'unenrolled' : 're-enrolled' } as const;
  const scene = { tx, now: change.now, ids, device, attempt };
  return (await takeStep(context, scene, step(attempt.state, event))).notes;
}
