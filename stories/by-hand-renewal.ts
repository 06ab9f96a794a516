import type { SimulatedMac } from '@keyhaven/mac/mac';
import { parsePlistDict } from '@keyhaven/mac/plist';
import { dataOf, dictOf, textOf } from '@keyhaven/mac/plist-fields';
import { identityByHand } from './by-hand-identity.ts';
import { type MacVoice, speakingTo } from './faults/mac-voice.ts';

/** Idle, and what the server hands out then. */
export async function nextCommand(
  voice: MacVoice,
): Promise<{ readonly type: string; readonly uuid: string } | null> {
  return commandIn((await voice.say({ UDID: voice.udid, Status: 'Idle' })).body);
}

export function commandIn(body: Buffer): { type: string; uuid: string; payload: Buffer | null } | null {
  if (body.length === 0) return null;
  const message = parsePlistDict(body);
  const command = dictOf(message, 'Command') ?? {};
  return {
    type: textOf(command, 'RequestType') ?? '',
    uuid: textOf(message, 'CommandUUID') ?? '',
    payload: dataOf(command, 'Payload'),
  };
}

/** Goes through a renewal step by step in the Mac's place, up to the certificate, and no further. */
export async function renewByHand(origin: string, mac: SimulatedMac): Promise<MacVoice> {
  const old = speakingTo(origin)(mac);
  const question = await nextCommand(old);
  const answer = {
    UDID: old.udid,
    Status: 'Acknowledged',
    CommandUUID: question?.uuid ?? '',
    QueryResponses: {},
  };
  const renewal = commandIn((await old.say(answer)).body);
  if (renewal?.type !== 'InstallProfile' || renewal.payload === null) throw new Error('no renewal came');
  return identityByHand(origin, renewal.payload, old.udid);
}
