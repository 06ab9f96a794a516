import type { Attempt } from '@keyhaven/api-contract/attempt';

/** The three steps of an attempt, as the page shows them. */
export const attemptSteps = ['device-answers', 'verify-and-rotate', 'saved'] as const;
export type AttemptStep = (typeof attemptSteps)[number];
export type StepMark = 'done' | 'now' | 'waiting' | 'unsure';

/** How far an attempt is: the mark of each step, in order. Only for attempts that have not failed. */
export function stepMarks(
  state: Exclude<Attempt['state'], 'failed'>,
): readonly [StepMark, StepMark, StepMark] {
  switch (state) {
    case 'waiting-for-device':
      return ['now', 'waiting', 'waiting'];
    case 'rotating':
      return ['done', 'now', 'waiting'];
    case 'uncertain':
      return ['done', 'unsure', 'waiting'];
    case 'saved':
      break;
  }
  return ['done', 'done', 'done'];
}
