import { answers, type Behaviour } from '@keyhaven/mac/behaviours/behaviour';
import { losesTheAnswer } from '@keyhaven/mac/behaviours/loses-the-answer';
import type { PlistDict } from '@keyhaven/mac/plist';
import type { BenchWorld } from '../faults/bench-world.ts';
import { type MacVoice, speakingTo } from '../faults/mac-voice.ts';
import type { Desk, KnownMac } from './desk.ts';

/** Under the certificate of that day, whatever has become of the Mac since. */
export type HeldBackAnswer = { readonly say: MacVoice['say']; readonly answer: PlistDict };

/** Its owner stores the key, and the Mac rotates but keeps its answer to itself, for later. */
export async function storeWithoutAnswer(
  world: BenchWorld,
  desk: Desk,
  known: KnownMac,
): Promise<HeldBackAnswer> {
  const { mac } = known;
  const kept: PlistDict[] = [];
  const holdsBack: Behaviour = {
    ...losesTheAnswer,
    onCommand: async ({ carryOut, command }) => {
      const { status, keys } = await carryOut();
      kept.push({ UDID: mac.identity.udid, CommandUUID: command.uuid, Status: status, ...keys });
      return { kind: 'silent', stops: false };
    },
  };
  mac.setBehaviour(holdsBack);
  await desk.store(known);
  // By the push alone: at another Idle it would be asked what became of the rotation.
  await world.runTimers();
  await mac.settled();
  mac.setBehaviour(answers);
  const [answer] = kept;
  if (answer === undefined) throw new Error('no rotation came');
  return { say: speakingTo(world.origin)(mac).say, answer };
}
