import type { Ownership } from '@keyhaven/api-contract/device';
import { readSecurityInfo, type SecurityInfo } from '@keyhaven/apple-mdm/commands/security-info';
import { type Done, done, type NotedAs, type Refused } from '../../kernel/verb.ts';
import { type Answered, type Delivery, wordsOf } from '../commands/commands.ts';
import type { Device } from '../devices/device.ts';
import { takeKeyVersionNumber } from '../devices/devices.ts';
import { reportSecurity } from '../inventory/security-report.ts';
import { profileState } from '../policy/policy.ts';
import { type AttemptEvent, type CopyVerdict, type Step, type Survey, step } from './attempt.ts';
import { classOfNewKey } from './class-of-new-key.ts';
import type { EscrowContext } from './context.ts';
import * as store from './escrow.store.ts';
import { noteEscrowCopy } from './escrow-copies.store.ts';
import { keyToUnlockWith } from './key-to-unlock-with.ts';
import { isFromBefore } from './newcomer.store.ts';
import { type OpenedAnswer, withOpenedAnswer } from './opened-answer.ts';
import type { ProvenKey } from './promote.ts';
import { isSurveyOf } from './survey.ts';
import { type StepOutcome, takeStep } from './take-step.ts';

/** Of one rotation: the first, and as often again as a lost answer may need. */
const mostDeliveries = 4;

/** SecurityInfo: the facts, the escrow copy, and the question that an attempt waits for. */
export async function onSecurityInfo(context: EscrowContext, answered: Answered): Promise<Delivery | null> {
  const acknowledged = answered.answer.status === 'Acknowledged';
  const info = readSecurityInfo(answered.answer);
  const opens = acknowledged && info.personalRecoveryKeyCms !== null;
  const deliver = await withOpenedAnswer(
    context,
    answered,
    opens,
    (device) => classOfCopy(context, device, deliveredAtOf(answered)),
    (opened) => read(context, answered, acknowledged ? info : null, opened),
  );
  if (deliver === null) return null;
  return {
    command: deliver.command,
    render: async () => {
      const rendered = await context.vault.renderRotation(deliver);
      return rendered.ok ? rendered.command : null;
    },
  };
}

/**
 * Of an escrow copy nobody knows when its key was made. Where the Mac was personal before, it counts as personal until
 * a key was made under our eyes after the change, before this copy was asked for (product.md I6). In an attempt, the class of its new key holds.
 */
async function classOfCopy({ database }: EscrowContext, device: Device, askedAt: Date): Promise<Ownership> {
  const attempt = await store.findOpenAttempt(database, device.id);
  if (attempt !== null && attempt.deliveredAt !== null && askedAt >= attempt.deliveredAt) {
    return classOfNewKey(attempt, device);
  }
  const changedAt = device.ownershipChangedAt;
  if (device.ownership === 'personal' || changedAt === null) return device.ownership;
  const versions = await store.findVersions(database, device.id);
  const madeSince = versions.some(
    (version) =>
      version.source === 'rotation' &&
      version.ownershipClass === 'corporate' &&
      version.storedAt > changedAt &&
      version.storedAt <= askedAt,
  );
  return madeSince ? 'corporate' : 'personal';
}

async function read(
  context: EscrowContext,
  answered: Answered,
  info: SecurityInfo | null,
  opened: OpenedAnswer,
): Promise<Done<StepOutcome['deliver']> | Refused> {
  const { tx, now, ids, device } = opened;
  // A generation that is over tells of the past: its copy is kept, and decides nothing.
  const counts =
    device.enrollmentId === answered.enrollment && !(await isFromBefore(tx, answered.command.id));
  const notes: NotedAs[] = [];
  if (info !== null && counts) {
    notes.push(...(await reportSecurity({ tx, now, ids, device, tell: context.tell }, info)));
  }
  const found = counts ? await store.findOpenAttempt(tx, device.id) : null;
  const copy = await judgeCopy(opened, found);
  if (copy.unreadable) {
    const detail = { command: 'SecurityInfo' };
    notes.push({ action: 'recovery-key.answer-unreadable', device: device.id, detail });
  }
  if (copy.known !== null && counts) await confirmCopy(answered, opened, copy.known, found);
  // A copy that ends an attempt becomes its key. Any other is kept by itself; while an attempt waits, before it goes on.
  const isFirst = found === null || found.state === 'waiting';
  if (copy.fresh !== null && isFirst) notes.push(await keepCopy(answered, opened, copy.fresh, counts));
  const attempt = found?.state === 'waiting' ? await withNewestKey(opened, found) : found;
  const event =
    attempt === null ? null : await eventFor(context, answered, info, opened, attempt, copy.verdict);
  const taken = attempt === null || event === null ? ({ to: 'same' } as const) : step(attempt.state, event);
  if (copy.fresh !== null && !isFirst && taken.to !== 'saved') {
    notes.push(await keepCopy(answered, opened, copy.fresh, counts));
  }
  const outcome =
    attempt === null ? null : await goOn(context, opened, attempt, copy, wordsOf(answered.answer), taken);
  const [first, ...more] = [...notes, ...(outcome?.notes ?? [])];
  return done(outcome?.deliver ?? null, first ?? { action: 'device.reported', device: device.id }, ...more);
}

/** The Mac knows this key, in this generation. */
async function confirmCopy(
  { command, enrollment }: Answered,
  { tx }: OpenedAnswer,
  known: store.KeyVersionRow,
  attempt: store.AttemptRow | null,
): Promise<void> {
  await store.confirmVersion(tx, known.id, enrollment);
  await noteEscrowCopy(tx, enrollment, known.id, command.id);
  // Typed once, kept by an attempt that is over: now it is the Mac's own word.
  if (known.state === 'candidate' && attempt?.unlockVersion !== known.id) {
    await store.moveVersion(tx, known.id, 'candidate', 'unproven', null);
  }
}

/** Keeps a copy that is new to us, as an old one where a newer key was heard since the question went out. */
async function keepCopy(
  answered: Answered,
  opened: OpenedAnswer,
  fresh: FreshCopy,
  counts: boolean,
): Promise<NotedAs> {
  const { tx, device } = opened;
  const question = { id: answered.command.id, deliveredAt: deliveredAtOf(answered) };
  const outdated = !counts || (await store.hasKeyHeardSince(tx, device.id, question));
  const kept = await storeCopy(opened, fresh, outdated);
  if (counts) await noteEscrowCopy(tx, answered.enrollment, fresh.id, answered.command.id);
  return kept;
}

/** A rotation that has not gone out goes out with what the Mac has just told, so that it does not fail on an old key. */
async function withNewestKey(
  { tx, device }: OpenedAnswer,
  attempt: store.AttemptRow,
): Promise<store.AttemptRow> {
  // A store is about the key that was typed.
  const best = attempt.kind === 'rotate' ? await keyToUnlockWith(tx, device) : null;
  if (best === null || best.id === attempt.unlockVersion) return attempt;
  await store.changeUnlockVersion(tx, attempt.id, best.id);
  return { ...attempt, unlockVersion: best.id };
}

async function goOn(
  context: EscrowContext,
  opened: OpenedAnswer,
  attempt: store.AttemptRow,
  copy: Copy,
  deviceWords: string | null,
  taken: Step,
): Promise<StepOutcome | null> {
  if (taken.to === 'same') return null;
  const key: ProvenKey | null = copy.fresh ?? (copy.known && { kind: 'known', version: copy.known });
  const baselineVersion = copy.fresh?.id ?? copy.known?.id ?? null;
  const scene = {
    ...opened,
    attempt,
    deviceWords,
    ...(attempt.state === 'waiting' ? { baselineVersion } : {}),
    ...(key === null ? {} : { key }),
  };
  return takeStep(context, scene, taken);
}

type FreshCopy = Extract<ProvenKey, { kind: 'new' }>;
type Copy = {
  readonly verdict: CopyVerdict;
  readonly known: store.KeyVersionRow | null;
  readonly fresh: FreshCopy | null;
  readonly unreadable: boolean;
};

/** What the escrow copy says: of itself, and against what the attempt found before its rotation. */
async function judgeCopy(opened: OpenedAnswer, attempt: store.AttemptRow | null): Promise<Copy> {
  const { tx, device, verdict } = opened;
  const none = { verdict: 'none', known: null, fresh: null, unreadable: false } as const;
  switch (verdict.kind) {
    case 'no-key':
      return none;
    case 'unreadable':
      return { ...none, unreadable: true };
    case 'new': {
      const { version: id, ownershipClass, answer } = opened;
      const fresh = {
        kind: 'new',
        id,
        sealed: verdict.sealed,
        ownershipClass,
        source: 'escrow-copy',
        answer,
      } as const;
      return { ...none, verdict: 'new', fresh };
    }
    case 'known': {
      const versions = await store.findVersions(tx, device.id);
      const known = versions.find((version) => version.id === verdict.version) ?? null;
      // A copy that came in after the delivery, while nobody could tell what it meant, is new all the same.
      const delivered = attempt === null || attempt.deliveredAt === null ? null : attempt.deliveredVersion;
      const isNew =
        known?.state === 'unproven' &&
        known.id !== attempt?.baselineVersion &&
        delivered !== null &&
        known.version > delivered;
      return { ...none, verdict: isNew ? 'new' : 'unchanged', known };
    }
  }
}

/** Keeps a copy. `outdated`: a newer key is held already, so this one unlocks nothing any more. */
async function storeCopy(
  { tx, now, device, enrollment }: OpenedAnswer,
  fresh: FreshCopy,
  outdated: boolean,
): Promise<NotedAs> {
  const version = await takeKeyVersionNumber(tx, device.id);
  const { id, sealed, ownershipClass, source, answer } = fresh;
  await store.insertVersion(
    tx,
    {
      id,
      device: device.id,
      version,
      state: outdated ? 'superseded' : 'unproven',
      source,
      ownershipClass,
      sealed,
      enrollment,
      confirmedEnrollment: outdated ? null : enrollment,
      answer,
      storedBy: null,
      provenAt: null,
    },
    now,
  );
  return { action: 'recovery-key.escrow-copy-stored', device: device.id, detail: { version } };
}

/** What this answer means for the attempt; null when it was not asked for it and tells it nothing. */
async function eventFor(
  context: EscrowContext,
  answered: Answered,
  info: SecurityInfo | null,
  { tx, device }: OpenedAnswer,
  attempt: store.AttemptRow,
  copy: CopyVerdict,
): Promise<AttemptEvent | null> {
  const asked = isSurveyOf(answered.command, attempt);
  if (info === null) return asked ? { kind: 'survey-refused' } : null;
  const undecided = attempt.state !== 'waiting' && attempt.state !== 'rotating';
  const since = attempt.deliveredAt !== null && deliveredAtOf(answered) >= attempt.deliveredAt;
  if (!asked && !(undecided && since && copy === 'new')) return null;
  const { enrollmentId } = device;
  const versions = await store.findVersions(tx, device.id);
  const unlock = versions.find((version) => version.id === attempt.unlockVersion);
  const survey: Survey = {
    encrypted: info.fdeEnabled,
    hasKey: info.hasPersonalRecoveryKey,
    copy,
    sameGeneration: enrollmentId !== null && attempt.enrollment === enrollmentId,
    // An attempt from a time when rotations were allowed ends here, before its key goes anywhere.
    managed:
      context.rotationAllowed &&
      enrollmentId !== null &&
      info.isUserEnrollment !== true &&
      (await profileState(tx, enrollmentId)) === 'acknowledged',
    deliverable: isDeliverable(unlock, device),
    mayRedeliver:
      attempt.rotationCommand === null ||
      (await store.countDeliveries(tx, attempt.rotationCommand)) < mostDeliveries,
    live: asked && answered.present,
  };
  return { kind: 'surveyed', survey };
}

/** When the Mac was asked: what it says is no older. */
const deliveredAtOf = ({ command }: Answered): Date => command.deliveredAt ?? new Date(0);

/** A key goes only to a generation whose Mac has shown that it knows it, or for which its owner typed it. */
const isDeliverable = (unlock: store.KeyVersionRow | undefined, device: Device): boolean =>
  unlock !== undefined &&
  (unlock.state === 'candidate' || unlock.confirmedEnrollment === device.enrollmentId);
