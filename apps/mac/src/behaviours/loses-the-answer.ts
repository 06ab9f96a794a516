import { answers, type Behaviour, ROTATION_ONLY } from './behaviour.ts';

/** Rotates, and the result never leaves and is not kept: at the next push it says Idle. */
export const losesTheAnswer: Behaviour = {
  ...answers,
  name: 'loses-the-answer',
  commands: ROTATION_ONLY,
  onCommand: async (turn) => {
    await turn.carryOut();
    return { kind: 'silent', stops: false };
  },
};
