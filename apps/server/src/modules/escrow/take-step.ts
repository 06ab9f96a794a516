import { after, hours, minutes } from '../../kernel/clock.ts';
import type { CommandId, EnrollmentId, Ids, ReleaseId } from '../../kernel/id.ts';
import type { NotedAs } from '../../kernel/verb.ts';
import { announce } from '../../platform/changes/changes.ts';
import type { Tx } from '../../platform/db/database.ts';
import { deliverNow, recordDelivery, withdrawCommand } from '../commands/queue.ts';
import type { Device } from '../devices/device.ts';
import { effectivePolicy, unreachableAfter } from '../policy/policy.ts';
import type { AttemptState, Step } from './attempt.ts';
import type { EscrowContext } from './context.ts';
import { forgetDueRotation } from './due-rotations.store.ts';
import * as store from './escrow.store.ts';
import { type ProvenKey, promote } from './promote.ts';
import { phaseFor, queueSurvey } from './survey.ts';

/** What a step finds around it. The Mac is locked. */
export type StepScene = {
  readonly tx: Tx;
  readonly now: Date;
  readonly ids: Ids;
  readonly device: Device;
  readonly attempt: store.AttemptRow;
  /** The Mac's own words about a refusal, for IT. */
  readonly deviceWords?: string | null;
  /** What the Mac's escrow copy was before the rotation. */
  readonly baselineVersion?: store.AttemptRow['baselineVersion'];
  /** For a step to `saved`. */
  readonly key?: ProvenKey;
  /** For a step to `saved`: the generation that the key came from, and for which alone it is confirmed. */
  readonly enrollment?: EnrollmentId;
};

export type StepOutcome = {
  readonly notes: readonly NotedAs[];
  /** The rotation that goes out in this reply. */
  readonly deliver: { readonly command: CommandId; readonly release: ReleaseId } | null;
};

const answerExpectedWithin = minutes(15);
const askAgainAfter = hours(1);

/** Carries out a step of the attempt machine in the database. */
export async function takeStep(context: EscrowContext, scene: StepScene, step: Step): Promise<StepOutcome> {
  if (step.to === 'same' || step.to === 'refused') return { notes: [], deliver: null };
  await announce(scene.tx, { kind: 'attempt', device: scene.device.id, attempt: scene.attempt.id });
  switch (step.to) {
    case 'ask-again':
      return ask(context, scene, scene.attempt.state, true);
    case 'waiting':
    case 'explaining':
    case 'uncertain':
      return ask(context, scene, step.to, step.survey);
    case 'rotating':
    case 'redelivered':
      return deliver(context, scene, step.to);
    case 'stuck':
      return stick(context, scene);
    case 'saved':
      return save(context, scene);
    case 'failed':
      return fail(scene, step);
  }
}

async function move(
  scene: StepScene,
  state: AttemptState,
  change: Partial<store.AttemptChange>,
): Promise<void> {
  await store.moveAttempt(scene.tx, scene.attempt.id, scene.attempt.state, {
    state,
    reason: null,
    deadlineAt: null,
    endedAt: null,
    rotationCommand: null,
    baselineVersion: scene.baselineVersion ?? null,
    resultVersion: null,
    deliveredAt: null,
    deviceWords: scene.deviceWords ?? null,
    ...change,
  });
}

/** A deadline for every state that waits: nothing waits for ever without somebody looking again. */
async function deadlineFor(scene: StepScene, state: AttemptState): Promise<Date> {
  if (state === 'waiting' || state === 'explaining') {
    return after(scene.attempt.startedAt, unreachableAfter(await effectivePolicy(scene.tx)));
  }
  return after(scene.now, state === 'rotating' ? answerExpectedWithin : askAgainAfter);
}

async function ask(
  context: EscrowContext,
  scene: StepScene,
  state: AttemptState,
  survey: boolean,
): Promise<StepOutcome> {
  const { tx, now, ids, device, attempt } = scene;
  // After a NotNow the Mac comes by itself; a push at once would only hear it say NotNow again.
  const putOff = state === 'waiting' && attempt.state === 'rotating';
  await move(scene, state, { deadlineAt: await deadlineFor(scene, state) });
  if (putOff) await takeBack(scene);
  const phase = phaseFor(state);
  const enrollment = device.enrollmentId;
  if (
    survey &&
    phase !== null &&
    enrollment !== null &&
    !(await store.hasSurveyWaiting(tx, attempt.id, phase))
  ) {
    const later = putOff ? { wakeAt: after(now, minutes(15)) } : {};
    const asked = {
      id: ids.next<'command'>(),
      device: device.id,
      enrollment,
      attempt: attempt.id,
      phase,
      ...later,
    };
    await queueSurvey(tx, context.wake, asked, now);
  }
  if (state !== 'uncertain' || attempt.state === 'uncertain') return { notes: [], deliver: null };
  return { notes: [note(scene, 'attempt.uncertain', {})], deliver: null };
}

/**
 * The command is dead, and the next rotation has a CommandUUID of its own: a NotNow that is said once more, by whomever,
 * then names none that is out.
 */
async function takeBack({ tx, attempt }: StepScene): Promise<void> {
  if (attempt.rotationCommand !== null) await withdrawCommand(tx, attempt.rotationCommand);
  await store.takeBackDelivery(tx, attempt.id);
}

async function deliver(
  _context: EscrowContext,
  scene: StepScene,
  state: 'rotating' | 'redelivered',
): Promise<StepOutcome> {
  const { tx, now, ids, device, attempt } = scene;
  const { enrollmentId } = device;
  if (enrollmentId === null || attempt.unlockVersion === null) throw new Error('nothing to deliver');
  const command = attempt.rotationCommand ?? ids.next<'command'>();
  if (attempt.rotationCommand === null) {
    const intent = { attempt: attempt.id };
    await deliverNow(
      tx,
      { id: command, enrollment: enrollmentId, device: device.id, kind: 'RotateFileVaultKey', intent },
      now,
    );
    await store.startDelivery(tx, attempt.id);
  } else {
    await recordDelivery(tx, command, enrollmentId, now);
  }
  const release = ids.next<'release'>();
  const noteId = ids.next<'audit-note'>();
  const version = attempt.unlockVersion;
  await store.insertRelease(
    tx,
    { id: release, note: noteId, device: device.id, version, purpose: 'rotation', attempt: attempt.id },
    now,
  );
  await move(scene, state, {
    rotationCommand: command,
    deliveredAt: attempt.deliveredAt ?? now,
    deadlineAt: await deadlineFor(scene, 'rotating'),
  });
  const sent = { ...note(scene, 'recovery-key.sent-to-mac', { again: state === 'redelivered' }), id: noteId };
  return { notes: [sent], deliver: { command, release } };
}

async function stick(context: EscrowContext, scene: StepScene): Promise<StepOutcome> {
  const { tx, now, ids, device } = scene;
  await move(scene, 'stuck', { deadlineAt: await deadlineFor(scene, 'stuck') });
  await context.tell.owner(tx, {
    id: ids.next<'notice'>(),
    device,
    kind: 'attempt-needs-attention',
    by: null,
    reason: null,
    now,
  });
  await context.tell.it(tx, { device, kind: 'attempt-needs-attention', reason: null, now, ids });
  return { notes: [note(scene, 'attempt.uncertain', { needsAttention: true })], deliver: null };
}

async function save(_context: EscrowContext, scene: StepScene): Promise<StepOutcome> {
  const { tx, now, device, attempt, key, enrollment } = scene;
  if (key === undefined || enrollment === undefined) throw new Error('saved without a key');
  await forgetDueRotation(tx, device.id);
  const version = await promote(tx, device, enrollment, key, attempt.unlockVersion, now);
  await move(scene, 'saved', { endedAt: now, resultVersion: version.id });
  await withdraw(scene);
  return {
    notes: [note(scene, 'recovery-key.saved', { version: version.number, isNew: key.kind === 'new' })],
    deliver: null,
  };
}

async function fail(scene: StepScene, step: Extract<Step, { to: 'failed' }>): Promise<StepOutcome> {
  const { tx, now, attempt } = scene;
  await move(scene, 'failed', { reason: step.reason, endedAt: now });
  await withdraw(scene);
  if (attempt.kind === 'store' && attempt.unlockVersion !== null && step.candidate !== 'keep') {
    await store.wipeCandidate(tx, attempt.unlockVersion);
  }
  const action = step.reason === 'cancelled' ? 'attempt.cancelled' : 'attempt.failed';
  return { notes: [note(scene, action, { reason: step.reason })], deliver: null };
}

/** Nobody waits for its answer any more: it is no reason to push the Mac. A late answer is heard all the same. */
async function withdraw({ tx, attempt }: StepScene): Promise<void> {
  if (attempt.rotationCommand !== null) await withdrawCommand(tx, attempt.rotationCommand);
}

const note = (
  { device, attempt }: StepScene,
  action: NotedAs['action'],
  detail: Readonly<Record<string, string | number | boolean | null>>,
): NotedAs => ({ action, device: device.id, detail: { attempt: attempt.id, kind: attempt.kind, ...detail } });
