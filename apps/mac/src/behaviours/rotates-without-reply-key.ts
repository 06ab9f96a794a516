import { answers, type Behaviour, ROTATION_ONLY } from './behaviour.ts';

/** Rotates and acknowledges without RotateResult, which Apple's schema calls optional. */
export const rotatesWithoutReplyKey: Behaviour = {
  ...answers,
  name: 'rotates-without-reply-key',
  commands: ROTATION_ONLY,
  onCommand: async (turn) => {
    const { status, keys } = await turn.carryOut();
    const { RotateResult: _withheld, ...rest } = keys;
    return { kind: 'answers', result: { status, keys: rest }, copies: 1 };
  },
};
