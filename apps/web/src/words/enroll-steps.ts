import type { Device } from '@keyhaven/api-contract/device';
import type { EnrollmentProgress } from '@keyhaven/api-contract/enrollment';
import type { StepMark } from './attempt-steps.ts';
import { keyLineOf } from './key-words.ts';

/** The steps of an enrollment, as the page shows them. */
export const enrollSteps = ['downloaded', 'identified', 'arrived', 'live'] as const;
export type EnrollStep = (typeof enrollSteps)[number];

/** How an enrollment ended, other than well: its words are in `en/enroll.ts`, under `end`. */
export const enrollEnds = [
  'expired',
  'user-enrollment',
  'refused-by-it',
  'quarantined',
  'ended',
  'unknown',
] as const;
export type EnrollEnd = (typeof enrollEnds)[number];

type Facts = Pick<EnrollmentProgress, 'state' | 'refusal'>;

/** How many of the steps are behind this Mac; null when it took another way, which `enrollEndOf` names. */
function stepsDone(state: EnrollmentProgress['state']): number | null {
  switch (state) {
    case 'offered':
      return 0;
    case 'downloaded':
      return 1;
    case 'identified':
      return 2;
    case 'arrived':
      return 3;
    case 'live':
      return 4;
    case 'quarantined':
    case 'refused':
    case 'expired':
    case 'ended':
      break;
  }
  return null;
}

/** The end to tell of; null while all goes well. */
export function enrollEndOf({ state, refusal }: Facts): EnrollEnd | null {
  switch (state) {
    case 'refused':
      return refusal ?? 'refused-by-it';
    case 'quarantined':
    case 'expired':
    case 'ended':
      return state;
    case 'offered':
    case 'downloaded':
    case 'identified':
    case 'arrived':
    case 'live':
      break;
  }
  return null;
}

/** The mark of each step, in order. */
export function enrollMarks(state: EnrollmentProgress['state']): readonly StepMark[] {
  const done = stepsDone(state) ?? 0;
  return enrollSteps.map((_, index) => (index < done ? 'done' : index === done ? 'now' : 'waiting'));
}

const soonMilliseconds = 3000;
const laterMilliseconds = 10_000;

/** After how many milliseconds to look again; false when nothing can change any more. */
export function lookAgainAfter(state: EnrollmentProgress['state'] | undefined): number | false {
  if (state === 'quarantined') return laterMilliseconds;
  const done = state === undefined ? null : stepsDone(state);
  return done !== null && done < enrollSteps.length ? soonMilliseconds : false;
}

export type LeftToDo = 'settling' | 'store' | 'encrypt' | 'nothing' | 'see';

/** What is left for the person to do once their Mac has arrived. */
export function leftToDo(
  device: Pick<Device, 'recoveryKey' | 'encryption' | 'enrollment' | 'fileVaultProfile'>,
): LeftToDo {
  switch (keyLineOf(device)) {
    case 'none':
      return 'store';
    case 'not-encrypted':
      return 'encrypt';
    case 'stored':
      return 'nothing';
    case 'no-management':
    case 'not-enrolled':
      return 'settling';
    case 'management-refused':
    case 'stored-unproven':
    case 'candidate':
    case 'uncertain':
    case 'quarantined':
    case 'ended':
    case 'ended-stored':
      return 'see';
  }
}
