import { answers, type Behaviour, ROTATION_ONLY } from './behaviour.ts';

/** Sends the same result twice: the server's first answer was lost on the way, with any command in it. */
export const answersTwice: Behaviour = {
  ...answers,
  name: 'answers-twice',
  commands: ROTATION_ONLY,
  onCommand: async (turn) => ({ kind: 'answers', result: await turn.carryOut(), copies: 2 }),
};
