import { after, minutes } from '../../kernel/clock.ts';
import { parseId } from '../../kernel/id.ts';
import { type Done, done, type NotedAs, type Refused, refuse } from '../../kernel/verb.ts';
import type { Executor } from '../../platform/db/named-statements.ts';
import { type Answered, wordsOf } from '../commands/commands.ts';
import { queueCommand } from '../commands/queue.ts';
import { takeKeyVersionNumber } from '../devices/devices.ts';
import { type AttemptEvent, openStates, step } from './attempt.ts';
import { classOfNewKey } from './class-of-new-key.ts';
import type { EscrowContext } from './context.ts';
import { forgetDueRotation } from './due-rotations.store.ts';
import * as store from './escrow.store.ts';
import { isFromBefore } from './newcomer.store.ts';
import { type OpenedAnswer, withOpenedAnswer } from './opened-answer.ts';
import { type ProvenKey, promote } from './promote.ts';
import { takeStep } from './take-step.ts';

/**
 * The Mac's answer to RotateFileVaultKey. Its bytes are already durable; this may run any number of times. A late
 * answer, to an attempt that has ended, still becomes a version.
 */
export async function onRotationAnswer(context: EscrowContext, answered: Answered): Promise<null> {
  const attempt = await attemptOf(context.database, answered);
  if (attempt === null) return null;
  const acknowledged = answered.answer.status === 'Acknowledged';
  await withOpenedAnswer(
    context,
    answered,
    acknowledged,
    async (device) => classOfNewKey(attempt, device),
    (opened) => read(context, answered, opened),
  );
  return null;
}

async function read(
  context: EscrowContext,
  answered: Answered,
  opened: OpenedAnswer,
): Promise<Done<null> | Refused> {
  const { tx, now, ids, device, enrollment } = opened;
  const attempt = await attemptOf(tx, answered);
  if (attempt === null) return refuse({ kind: 'not-found' });
  const key = await keyOf(opened);
  const notes: NotedAs[] = [];
  const isNew = !(await store.hasVersionOf(tx, opened.answer));
  if (opened.verdict.kind === 'unreadable' && isNew) notes.push(await keepUnreadable(opened));
  const isOpen = openStates.some((state) => state === attempt.state);
  if (isOpen) {
    const event = eventOf(answered, opened, key);
    const scene = { tx, now, ids, device, attempt, enrollment, deviceWords: wordsOf(answered.answer) };
    // The Mac had put this command off; that it refuses it too says nothing of the one that took its place.
    const isOut = attempt.rotationCommand === answered.command.id || event.kind === 'acknowledged';
    const taken = isOut ? step(attempt.state, event) : ({ to: 'same' } as const);
    const outcome = await takeStep(context, { ...scene, ...(key === null ? {} : { key }) }, taken);
    notes.push(...outcome.notes);
    if (taken.to === 'saved' && device.enrollmentId !== null) {
      // The escrow copy should now say the same; asking brings us the Mac's own truth either way.
      const ask = {
        id: ids.next<'command'>(),
        enrollment: device.enrollmentId,
        device: device.id,
        kind: 'SecurityInfo',
        intent: {},
        // The Mac that waits for our reply gets it in that; it is woken only if it does not.
        ...(answered.live ? { wakeAt: after(now, minutes(1)) } : {}),
      } as const;
      await queueCommand(tx, context.wake, ask, now);
    }
  } else if (key !== null) {
    notes.push(await keepLate(opened, attempt, key));
  }
  // What was handed back by whoever spoke before is kept, and is no word of whoever speaks now.
  if (await isFromBefore(tx, answered.command.id)) await store.forgetConfirmations(tx, enrollment);
  const [first, ...more] = notes;
  return done(null, first ?? { action: 'device.reported', device: device.id }, ...more);
}

/** The attempt that this command was made for; it may have another by now. */
async function attemptOf(executor: Executor, { command }: Answered): Promise<store.AttemptRow | null> {
  const id = parseId<'attempt'>(command.intent['attempt'] ?? '');
  return id === null ? null : store.findAttempt(executor, id, command.device);
}

function eventOf(answered: Answered, { verdict }: OpenedAnswer, key: ProvenKey | null): AttemptEvent {
  switch (answered.answer.status) {
    case 'Acknowledged':
      if (key !== null) return { kind: 'acknowledged', key: 'opened' };
      return { kind: 'acknowledged', key: verdict.kind === 'unreadable' ? 'unreadable' : 'absent' };
    case 'CommandFormatError':
      return { kind: 'format-refused' };
    case 'Error':
    case 'Idle':
    case 'NotNow':
      return { kind: 'refused' };
  }
}

/** The key that the Mac handed back, unless it is one that the Mac had left behind before. */
async function keyOf({
  tx,
  device,
  verdict,
  version,
  ownershipClass,
  answer,
}: OpenedAnswer): Promise<ProvenKey | null> {
  if (verdict.kind === 'new') {
    return { kind: 'new', id: version, sealed: verdict.sealed, ownershipClass, source: 'rotation', answer };
  }
  if (verdict.kind !== 'known') return null;
  const known = (await store.findVersions(tx, device.id)).find((held) => held.id === verdict.version);
  const live = known?.state === 'unproven' || known?.state === 'current' || known?.state === 'candidate';
  return known !== undefined && live ? { kind: 'known', version: known } : null;
}

/** The attempt is over. The key becomes current if nothing newer is, else it is kept as an earlier one. */
async function keepLate(opened: OpenedAnswer, attempt: store.AttemptRow, key: ProvenKey): Promise<NotedAs> {
  const { tx, now, device, enrollment } = opened;
  const newer = (await store.findVersions(tx, device.id)).some(
    ({ id, state, version }) =>
      (state === 'current' || (state === 'unproven' && id !== knownId(key))) &&
      version > (attempt.deliveredVersion ?? 0),
  );
  if (!newer) {
    await forgetDueRotation(tx, device.id);
    const { number } = await promote(tx, device, enrollment, key, attempt.unlockVersion, now);
    return { action: 'recovery-key.saved', device: device.id, detail: { version: number, late: true } };
  }
  if (key.kind === 'known') return { action: 'device.reported', device: device.id };
  const number = await takeKeyVersionNumber(tx, device.id);
  const { id, sealed, ownershipClass, source, answer } = key;
  const version = { id, device: device.id, version: number, sealed, ownershipClass, source, answer };
  await store.insertVersion(
    tx,
    {
      ...version,
      state: 'superseded',
      enrollment,
      confirmedEnrollment: null,
      storedBy: null,
      provenAt: null,
    },
    now,
  );
  return { action: 'recovery-key.saved', device: device.id, detail: { version: number, superseded: true } };
}

const knownId = (key: ProvenKey): string | null => (key.kind === 'known' ? key.version.id : null);

/** Bytes that do not open today are kept, under a version that points to them. */
async function keepUnreadable({
  tx,
  now,
  device,
  version: id,
  ownershipClass,
  answer,
  enrollment,
}: OpenedAnswer): Promise<NotedAs> {
  const number = await takeKeyVersionNumber(tx, device.id);
  await store.insertVersion(
    tx,
    {
      id,
      device: device.id,
      version: number,
      state: 'unreadable',
      source: 'rotation',
      ownershipClass,
      // The bytes stand, sealed, with the answer.
      sealed: new Uint8Array(),
      enrollment,
      confirmedEnrollment: null,
      answer,
      storedBy: null,
      provenAt: null,
    },
    now,
  );
  return { action: 'recovery-key.answer-unreadable', device: device.id, detail: { version: number } };
}
