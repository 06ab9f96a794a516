import type { DeviceId } from '../../kernel/id.ts';
import { done, refuse, runWrite } from '../../kernel/verb.ts';
import type { Command } from '../commands/command.ts';
import { cancelCommand, queueCommand } from '../commands/queue.ts';
import { lockDevice } from '../devices/devices.ts';
import { type AttemptEvent, type AttemptState, step } from './attempt.ts';
import type { EscrowContext } from './context.ts';
import * as store from './escrow.store.ts';
import { takeStep } from './take-step.ts';

/** NotNow to a rotation: it was not carried out and the Mac has forgotten it. */
export const onRotationPutOff = (context: EscrowContext, command: Command): Promise<void> =>
  happen(context, command, { kind: 'put-off' });

/** The Mac is idle although a rotation is out: it may have rotated. */
export const onRotationLost = (context: EscrowContext, command: Command): Promise<void> =>
  happen(context, command, { kind: 'idle' });

/** It was to go out once more and cannot: that proves nothing, and only a new key or a new store helps. */
export const onRotationNotRepeated = (context: EscrowContext, command: Command): Promise<void> =>
  happen(context, command, { kind: 'refused' }, 'redelivered');

async function happen(
  context: EscrowContext,
  command: Command,
  event: AttemptEvent,
  only?: AttemptState,
): Promise<void> {
  const actor = { kind: 'mac', enrollment: command.enrollment, device: command.device } as const;
  await runWrite(context.runner, actor, async ({ tx, now, ids }) => {
    const device = await lockDevice(tx, command.device);
    const attempt = await store.findAttemptByRotation(tx, command.id);
    if (device === null || attempt === null) return refuse({ kind: 'not-found' });
    if (only !== undefined && attempt.state !== only) return refuse({ kind: 'not-found' });
    const { notes } = await takeStep(context, { tx, now, ids, device, attempt }, step(attempt.state, event));
    const [first, ...more] = notes;
    return done(null, first ?? { action: 'device.reported', device: device.id }, ...more);
  });
}

/** A SecurityInfo whose answer is lost is asked again under a new CommandUUID: the old one may have been captured. */
export async function onSurveyLost(context: EscrowContext, command: Command): Promise<void> {
  const actor = { kind: 'mac', enrollment: command.enrollment, device: command.device } as const;
  await runWrite(context.runner, actor, async ({ tx, now, ids }) => {
    await cancelCommand(tx, command);
    const { device, enrollment, kind, intent } = command;
    await queueCommand(
      tx,
      context.wake,
      { id: ids.next<'command'>(), device, enrollment, kind, intent, wakeAt: now },
      now,
    );
    return done(null, { action: 'device.reported', device });
  });
}

/** Moves on every attempt whose time is over; returns how many. Safe in any number of processes. */
export async function timeOutAttempts(context: EscrowContext): Promise<number> {
  const { database, runner } = context;
  const overdue = await store.findOverdue(database, runner.clock.now(), 200);
  for (const device of overdue) {
    try {
      await timeOut(context, device);
    } catch (error) {
      // One Mac's fault must not keep the others waiting; its own time comes again.
      context.onFault(error, 'time out an attempt');
    }
  }
  return overdue.length;
}

async function timeOut(context: EscrowContext, id: DeviceId): Promise<void> {
  await runWrite(context.runner, { kind: 'system', name: 'Keyhaven' }, async ({ tx, now, ids }) => {
    const device = await lockDevice(tx, id);
    const attempt = await store.findOpenAttempt(tx, id);
    if (device === null || attempt === null) return refuse({ kind: 'not-found' });
    if (attempt.deadlineAt === null || attempt.deadlineAt > now) return refuse({ kind: 'not-found' });
    const taken = step(attempt.state, { kind: 'timed-out' });
    const { notes } = await takeStep(context, { tx, now, ids, device, attempt }, taken);
    const [first, ...more] = notes;
    return done(null, first ?? { action: 'device.reported', device: id }, ...more);
  });
}
