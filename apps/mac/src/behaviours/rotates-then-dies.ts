import { answers, type Behaviour, ROTATION_ONLY } from './behaviour.ts';

/** Rotates and is gone, with its result, until a restart or the next push. */
export const rotatesThenDies: Behaviour = {
  ...answers,
  name: 'rotates-then-dies',
  commands: ROTATION_ONLY,
  onCommand: async (turn) => {
    await turn.carryOut();
    return { kind: 'silent', stops: true };
  },
};
