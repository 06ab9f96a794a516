import { answers, type Behaviour, ROTATION_ONLY } from './behaviour.ts';

/** Is erased when the rotation arrives: no answer, nothing left, unenrolled. */
export const erased: Behaviour = {
  ...answers,
  name: 'erased',
  commands: ROTATION_ONLY,
  span: 1,
  onCommand: (turn) => {
    turn.erase();
    return Promise.resolve({ kind: 'silent', stops: false });
  },
};
