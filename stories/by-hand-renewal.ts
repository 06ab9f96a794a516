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

/** More questions than any Mac is asked before its renewal. */
const questionsAtMost = 8;

/** Goes through a renewal step by step in the Mac's place, up to the certificate, and no further. */
export async function renewByHand(origin: string, mac: SimulatedMac): Promise<MacVoice> {
  const old = speakingTo(origin)(mac);
  const { udid } = old;
  let handed = commandIn((await old.say({ UDID: udid, Status: 'Idle' })).body);
  for (let asked = 0; handed !== null && asked < questionsAtMost; asked += 1) {
    const { type, uuid, payload } = handed;
    if (type === 'InstallProfile' && payload !== null) return identityByHand(origin, payload, udid);
    const answer = { UDID: udid, Status: 'Acknowledged', CommandUUID: uuid, QueryResponses: {} };
    handed = commandIn((await old.say(answer)).body);
  }
  throw new Error('no renewal came');
}
