import { describe, expect, it } from 'vitest';
import { MessageError } from './check-in/message-error.ts';
import { parseDeviceMessage } from './device-message.ts';
import { chance, mutate } from './plist/mutations.fixture.ts';
import { PlistError } from './plist/plist-error.ts';
import { writePlist } from './plist.ts';

const runs = Number(process.env['KEYHAVEN_FUZZ_RUNS'] ?? 10_000);
const bodies = [
  writePlist({ MessageType: 'TokenUpdate', Topic: 't', UDID: 'U', Token: Buffer.alloc(32), PushMagic: 'm' }),
  writePlist({ MessageType: 'Authenticate', Topic: 't', EnrollmentID: 'E', SerialNumber: 'S' }),
  writePlist({ Status: 'Error', UDID: 'U', UserID: 'I', CommandUUID: 'C', ErrorChain: [{ ErrorCode: 1 }] }),
];

describe('hostile messages', () => {
  it(`${runs} mutations are read, or refused with a PlistError or MessageError`, () => {
    const random = chance(20_261_124);
    const outcomes = new Map<string, number>();
    for (let run = 0; run < runs; run += 1) {
      const outcome = outcomeOf(mutate(random, bodies));
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    }
    expect([...outcomes.keys()].toSorted()).toEqual(['MessageError', 'PlistError', 'answer', 'check-in']);
  });
});

function outcomeOf(body: Buffer): string {
  try {
    return parseDeviceMessage(undefined, body).kind;
  } catch (error) {
    if (error instanceof PlistError || error instanceof MessageError) return error.name;
    throw error;
  }
}
