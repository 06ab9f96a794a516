import { type Channel, readChannel } from './check-in/channel.ts';
import { requiredString, rootDict } from './check-in/members.ts';
import { MessageError } from './check-in/message-error.ts';
import { type CommandFault, readErrorChain } from './commands/error-chain.ts';
import type { PlistDict } from './plist/value.ts';
import { parsePlist } from './plist.ts';

const statuses = ['Idle', 'Acknowledged', 'Error', 'CommandFormatError', 'NotNow'] as const;
export type AnswerStatus = (typeof statuses)[number];

/** What a Mac says on the command channel (reference section 4.1): that it is idle, or how a command went. */
export interface Answer {
  readonly status: AnswerStatus;
  /** The only link to the command. null for Idle alone. */
  readonly commandUuid: string | null;
  readonly channel: Channel;
  readonly errorChain: readonly CommandFault[];
  /** The whole answer as sent; may hold secrets. The readers in commands/ know what is in it. */
  readonly result: PlistDict;
}

/**
 * Reads the body of a request on the command channel. Keys it does not know are ignored.
 *
 * @throws PlistError for bytes that are no property list.
 * @throws MessageError for a missing or unknown Status, no channel, or no CommandUUID when not Idle.
 */
export function parseAnswer(bytes: Uint8Array): Answer {
  return readAnswer(rootDict(parsePlist(bytes)));
}

/** The same from an already parsed body. @throws MessageError */
export function readAnswer(dict: PlistDict): Answer {
  const status = readStatus(requiredString(dict, 'Status'));
  return {
    status,
    commandUuid: status === 'Idle' ? null : requiredString(dict, 'CommandUUID'),
    channel: readChannel(dict),
    errorChain: readErrorChain(dict),
    result: dict,
  };
}

function readStatus(written: string): AnswerStatus {
  const status = statuses.find((known) => known === written);
  if (status === undefined) throw new MessageError('unknown-value', 'Status');
  return status;
}
