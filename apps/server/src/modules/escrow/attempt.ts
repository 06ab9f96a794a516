import type { AttemptStateName, FailureReason } from '@keyhaven/api-contract/attempt';

/**
 * The attempt machine (escrow.md). `explaining`: the Mac refused the first delivery and SecurityInfo will say why.
 * `redelivered`: the same command went out once more. `stuck`: that was refused too, which proves nothing; only a new
 * key made at the Mac, or a new store, helps.
 */
export const openStates = ['waiting', 'rotating', 'explaining', 'uncertain', 'redelivered', 'stuck'] as const;
export const attemptStates = [...openStates, 'saved', 'failed'] as const;
export type AttemptState = (typeof attemptStates)[number];

/** What the Mac's escrow copy says against what we held before the rotation. */
export type CopyVerdict = 'new' | 'unchanged' | 'none';

/** What a SecurityInfo, asked for this attempt, has told. `null`: the Mac did not say. */
export type Survey = {
  readonly encrypted: boolean | null;
  readonly hasKey: boolean | null;
  readonly copy: CopyVerdict;
  /** The generation that answers is the one the attempt was made for. */
  readonly sameGeneration: boolean;
  /** Its FileVault and escrow profile is acknowledged, and it is no User Enrollment. */
  readonly managed: boolean;
  /** The key to unlock with may go to this generation. */
  readonly deliverable: boolean;
  /** The Mac waits for our reply to this very answer. */
  readonly live: boolean;
  /** The rotation has not gone out so often yet that one more time would tell nothing. */
  readonly mayRedeliver: boolean;
};

export type AttemptEvent =
  | { readonly kind: 'surveyed'; readonly survey: Survey }
  | { readonly kind: 'survey-refused' }
  | { readonly kind: 'acknowledged'; readonly key: 'opened' | 'absent' | 'unreadable' }
  | { readonly kind: 'refused' }
  | { readonly kind: 'format-refused' }
  | { readonly kind: 'put-off' }
  | { readonly kind: 'idle' }
  | { readonly kind: 'timed-out' }
  | { readonly kind: 're-enrolled' }
  | { readonly kind: 'unenrolled' }
  | { readonly kind: 'newer-store' }
  | { readonly kind: 'cancelled' };

/** What becomes of the key that was typed. `keep`: the Mac may have used it. */
export type CandidateFate = 'keep' | 'wipe' | 'reject';

export type Step =
  | { readonly to: 'same' }
  | { readonly to: 'waiting' | 'explaining' | 'uncertain'; readonly survey: boolean }
  /** Deliver the rotation in this reply. */
  | { readonly to: 'rotating' | 'redelivered' }
  /** Ask again: the answer came when the Mac was no longer waiting for ours. */
  | { readonly to: 'ask-again' }
  | { readonly to: 'stuck' }
  /** The key that the Mac handed back, or its escrow copy, is the current one. */
  | { readonly to: 'saved'; readonly from: 'answer' | 'escrow-copy' }
  | { readonly to: 'failed'; readonly reason: FailureReason; readonly candidate: CandidateFate }
  /** Not now: a delivered attempt neither gives way nor is taken back. */
  | { readonly to: 'refused' };

const same: Step = { to: 'same' };
const failed = (reason: FailureReason, candidate: CandidateFate): Step => ({
  to: 'failed',
  reason,
  candidate,
});
const uncertain: Step = { to: 'uncertain', survey: true };
const saved: Step = { to: 'saved', from: 'answer' };
const adopted: Step = { to: 'saved', from: 'escrow-copy' };

/** What happens in this state on this event. Pure; the whole table is one test. */
export function step(state: AttemptState, event: AttemptEvent): Step {
  return table[state](event);
}

const table: Readonly<Record<AttemptState, (event: AttemptEvent) => Step>> = {
  waiting: (event) => {
    switch (event.kind) {
      case 'surveyed':
        return beforeDelivery(event.survey);
      case 'survey-refused':
        return failed('device-error', 'wipe');
      case 'timed-out':
      case 'unenrolled':
        return failed('device-unreachable', 'wipe');
      case 're-enrolled':
        return failed('re-enrolled', 'wipe');
      case 'newer-store':
        return failed('superseded', 'wipe');
      case 'cancelled':
        return failed('cancelled', 'wipe');
      case 'acknowledged':
        return event.key === 'opened' ? saved : uncertain;
      case 'refused':
      case 'format-refused':
      case 'put-off':
      case 'idle':
        return same;
    }
  },
  rotating: (event) => {
    switch (event.kind) {
      case 'acknowledged':
        return event.key === 'opened' ? saved : uncertain;
      case 'refused':
        return { to: 'explaining', survey: true };
      case 'format-refused':
        return failed('device-error', 'keep');
      case 'put-off':
        return { to: 'waiting', survey: true };
      case 'idle':
      case 'timed-out':
      case 're-enrolled':
        return uncertain;
      case 'unenrolled':
        return { to: 'uncertain', survey: false };
      case 'newer-store':
      case 'cancelled':
        return { to: 'refused' };
      case 'surveyed':
      case 'survey-refused':
        return same;
    }
  },
  explaining: (event) => {
    switch (event.kind) {
      case 'surveyed':
        return afterRefusal(event.survey);
      case 'survey-refused':
      case 'timed-out':
      case 'unenrolled':
        return failed('device-error', 'keep');
      case 're-enrolled':
        return failed('re-enrolled', 'keep');
      case 'acknowledged':
        return event.key === 'opened' ? saved : uncertain;
      case 'newer-store':
      case 'cancelled':
        return { to: 'refused' };
      case 'refused':
      case 'format-refused':
      case 'put-off':
      case 'idle':
        return same;
    }
  },
  uncertain: (event) => whileUncertain(event),
  redelivered: (event) => {
    switch (event.kind) {
      case 'refused':
      case 'format-refused':
        return { to: 'stuck' };
      case 'put-off':
      case 'idle':
      case 'timed-out':
        return uncertain;
      case 'surveyed':
        return event.survey.copy === 'new' ? adopted : same;
      case 'acknowledged':
      case 'survey-refused':
      case 're-enrolled':
      case 'unenrolled':
      case 'newer-store':
      case 'cancelled':
        return whileUncertain(event);
    }
  },
  stuck: (event) => {
    switch (event.kind) {
      case 'surveyed':
        return event.survey.copy === 'new' ? adopted : same;
      case 'acknowledged':
        return event.key === 'opened' ? saved : same;
      case 'newer-store':
        return failed('superseded', 'keep');
      case 're-enrolled':
        return failed('re-enrolled', 'keep');
      case 'cancelled':
        return { to: 'refused' };
      // Only the Mac's escrow copy can tell that its owner has made a new key.
      case 'timed-out':
        return { to: 'ask-again' };
      case 'refused':
      case 'format-refused':
      case 'put-off':
      case 'idle':
      case 'unenrolled':
      case 'survey-refused':
        return same;
    }
  },
  // Final. A late answer still becomes a version, but that is no matter of the attempt.
  saved: (event) => (isWish(event) ? { to: 'refused' } : same),
  failed: (event) => (isWish(event) ? { to: 'refused' } : same),
};

function beforeDelivery(survey: Survey): Step {
  if (!survey.sameGeneration || !survey.deliverable) return failed('re-enrolled', 'wipe');
  if (survey.encrypted === false) return failed('not-encrypted', 'wipe');
  if (survey.encrypted === null) return failed('device-error', 'wipe');
  if (survey.hasKey === false) return failed('not-encrypted', 'wipe');
  if (survey.hasKey === null) return failed('device-error', 'wipe');
  if (!survey.managed) return failed('policy-missing', 'wipe');
  return survey.live ? { to: 'rotating' } : { to: 'ask-again' };
}

function afterRefusal(survey: Survey): Step {
  if (survey.copy === 'new') return adopted;
  if (survey.encrypted === false) return failed('not-encrypted', 'keep');
  if (survey.encrypted === true && survey.hasKey === true) return failed('wrong-key', 'reject');
  return failed('device-error', 'keep');
}

function whileUncertain(event: AttemptEvent): Step {
  switch (event.kind) {
    case 'surveyed': {
      const { survey } = event;
      if (survey.copy === 'new') return adopted;
      if (!survey.sameGeneration) return failed('re-enrolled', 'keep');
      // What stands before a first delivery stands before a second one too.
      const ready = survey.encrypted === true && survey.hasKey === true;
      if (!ready || !survey.managed || !survey.deliverable) return same;
      // A Mac that takes it again and again and says nothing: only its owner can settle that.
      if (!survey.mayRedeliver) return { to: 'stuck' };
      return survey.live ? { to: 'redelivered' } : { to: 'ask-again' };
    }
    case 'acknowledged':
      return event.key === 'opened' ? saved : uncertain;
    case 're-enrolled':
      return failed('re-enrolled', 'keep');
    case 'newer-store':
    case 'cancelled':
      return { to: 'refused' };
    case 'timed-out':
      return { to: 'ask-again' };
    case 'idle':
    case 'survey-refused':
    case 'refused':
    case 'format-refused':
    case 'put-off':
    case 'unenrolled':
      return same;
  }
}

const isWish = (event: AttemptEvent): boolean => event.kind === 'newer-store' || event.kind === 'cancelled';

/** The state under the name that the API gives it. */
export const publicState: Readonly<Record<AttemptState, AttemptStateName>> = {
  waiting: 'waiting-for-device',
  rotating: 'rotating',
  explaining: 'rotating',
  uncertain: 'uncertain',
  redelivered: 'uncertain',
  stuck: 'uncertain',
  saved: 'saved',
  failed: 'failed',
};
