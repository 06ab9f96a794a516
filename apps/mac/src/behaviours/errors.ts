import { errorResult } from '../commands/command.ts';
import { answers, type Behaviour, ROTATION_ONLY } from './behaviour.ts';

/** Answers Error although the key was right, and does not rotate. */
export const errors: Behaviour = {
  ...answers,
  name: 'errors',
  commands: ROTATION_ONLY,
  onCommand: () =>
    Promise.resolve({
      kind: 'answers',
      result: errorResult('MDMClientError', 12149, 'The recovery key could not be changed.'),
      copies: 1,
    }),
};
