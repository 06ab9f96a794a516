import { answers, type Behaviour } from '@keyhaven/mac/behaviours/behaviour';
import { dictOf } from '@keyhaven/mac/plist-fields';

/** Answers as ever, but with this CMS in the place of its escrow copy, and of the new key of a rotation. */
export const sending = (cms: () => Buffer): Behaviour => ({
  ...answers,
  onCommand: async (turn) => {
    const { status, keys } = await turn.carryOut();
    const info = dictOf(keys, 'SecurityInfo');
    const copy = info === null ? {} : { SecurityInfo: { ...info, FDE_PersonalRecoveryKeyCMS: cms() } };
    const rotated = 'RotateResult' in keys ? { RotateResult: { EncryptedNewRecoveryKey: cms() } } : {};
    return { kind: 'answers', result: { status, keys: { ...keys, ...copy, ...rotated } }, copies: 1 };
  },
});
