import type { Ownership } from '@keyhaven/api-contract/device';
import { readSecurityInfo, type SecurityInfo } from '@keyhaven/apple-mdm/commands/security-info';
import { minutes } from '../../kernel/clock.ts';
import { type Done, done, type NotedAs, type Refused } from '../../kernel/verb.ts';
import { announce } from '../../platform/changes/changes.ts';
import { type Answered, type Delivery, wordsOf } from '../commands/commands.ts';
import type { Device } from '../devices/device.ts';
import { reportEncryption, takeKeyVersionNumber } from '../devices/devices.ts';
import { profileState } from '../policy/policy.ts';
import { type AttemptEvent, type CopyVerdict, type Survey, step } from './attempt.ts';
import { classOfNewKey } from './class-of-new-key.ts';
import type { EscrowContext } from './context.ts';
import * as store from './escrow.store.ts';
import { type OpenedAnswer, withOpenedAnswer } from './opened-answer.ts';
import type { ProvenKey } from './promote.ts';
import { isSurveyOf } from './survey.ts';
import { type StepOutcome, takeStep } from './take-step.ts';

/** A survey answered later than this after it was delivered proves no presence any more. */
const freshFor = minutes(5);

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
  const { tx, now, device } = opened;
  // A generation that is over tells of the past: its copy is kept, and decides nothing.
  const counts = device.enrollmentId === answered.enrollment;
  if (info !== null && counts) {
    const told = { enabled: info.fdeEnabled, hasPersonalRecoveryKey: info.hasPersonalRecoveryKey };
    await reportEncryption(tx, device.id, told, now);
    await announce(tx, { kind: 'device', device: device.id });
  }
  const attempt = counts ? await store.findOpenAttempt(tx, device.id) : null;
  const copy = await judgeCopy(opened, attempt);
  const notes: NotedAs[] = copy.unreadable
    ? [{ action: 'recovery-key.answer-unreadable', device: device.id, detail: { command: 'SecurityInfo' } }]
    : [];
  if (copy.known !== null && counts) {
    await store.confirmVersion(tx, copy.known.id, answered.enrollment);
    // Typed once, kept by an attempt that is over: now it is the Mac's own word.
    if (copy.known.state === 'candidate' && attempt?.unlockVersion !== copy.known.id) {
      await store.moveVersion(tx, copy.known.id, 'candidate', 'unproven', null);
    }
  }
  const event =
    attempt === null ? null : await eventFor(context, answered, info, opened, attempt, copy.verdict);
  const taken = attempt === null || event === null ? ({ to: 'same' } as const) : step(attempt.state, event);
  const adopts = taken.to === 'saved';

  let baselineVersion = copy.known?.id ?? null;
  if (copy.fresh !== null && !adopts) {
    baselineVersion = copy.fresh.id;
    const question = { id: answered.command.id, deliveredAt: deliveredAtOf(answered) };
    const outdated = !counts || (await store.hasKeyHeardSince(tx, device.id, question));
    notes.push(await storeCopy(opened, copy.fresh, outdated));
  }
  let deliver: StepOutcome['deliver'] = null;
  if (attempt !== null && taken.to !== 'same') {
    const key: ProvenKey | null = copy.fresh ?? (copy.known && { kind: 'known', version: copy.known });
    const outcome = await takeStep(
      context,
      {
        ...opened,
        attempt,
        deviceWords: wordsOf(answered.answer),
        ...(attempt.state === 'waiting' ? { baselineVersion } : {}),
        ...(key === null ? {} : { key }),
      },
      taken,
    );
    notes.push(...outcome.notes);
    deliver = outcome.deliver;
  }
  const [first, ...more] = notes;
  return done(deliver, first ?? { action: 'device.reported', device: device.id }, ...more);
}

type Copy = {
  readonly verdict: CopyVerdict;
  readonly known: store.KeyVersionRow | null;
  readonly fresh: Extract<ProvenKey, { kind: 'new' }> | null;
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
      const delivered = attempt?.deliveredAt ?? null;
      const isNew =
        known?.state === 'unproven' &&
        known.id !== attempt?.baselineVersion &&
        delivered !== null &&
        known.storedAt >= delivered;
      return { ...none, verdict: isNew ? 'new' : 'unchanged', known };
    }
  }
}

/** Keeps a copy. `outdated`: a newer key is held already, so this one unlocks nothing any more. */
async function storeCopy(
  { tx, now, device, enrollment }: OpenedAnswer,
  fresh: Extract<ProvenKey, { kind: 'new' }>,
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
  { tx, now, device }: OpenedAnswer,
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
    live: asked && answered.live && now.getTime() - deliveredAtOf(answered).getTime() < freshFor,
  };
  return { kind: 'surveyed', survey };
}

/** When the Mac was asked: what it says is no older. */
const deliveredAtOf = ({ command }: Answered): Date => command.deliveredAt ?? new Date(0);

/** A key goes only to a generation whose Mac has shown that it knows it, or for which its owner typed it. */
const isDeliverable = (unlock: store.KeyVersionRow | undefined, device: Device): boolean =>
  unlock !== undefined &&
  (unlock.state === 'candidate' || unlock.confirmedEnrollment === device.enrollmentId);
