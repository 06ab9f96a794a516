import { answers, type Behaviour, ROTATION_ONLY } from './behaviour.ts';

/** Enrolls anew when the rotation arrives, and never answers it; the key stays as it was. */
export const reEnrolls: Behaviour = {
  ...answers,
  name: 're-enrolls',
  commands: ROTATION_ONLY,
  span: 1,
  onCommand: async (turn) => {
    await turn.reEnroll();
    return { kind: 'silent', stops: false };
  },
};
