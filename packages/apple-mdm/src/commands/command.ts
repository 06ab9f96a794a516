import { requiredString, rootDict } from '../check-in/members.ts';
import { MessageError } from '../check-in/message-error.ts';
import { dictAt } from '../plist/access.ts';
import type { PlistDict } from '../plist/value.ts';
import { parsePlist, writePlist } from '../plist.ts';

/** The bytes of one command (reference section 4.1). `uuid` is the only link to its answer. */
export function writeCommand(uuid: string, requestType: string, request: PlistDict = {}): Buffer {
  return writePlist({ CommandUUID: uuid, Command: { RequestType: requestType, ...request } });
}

/** A command as the Mac sees it. */
export interface Command {
  readonly commandUuid: string;
  readonly requestType: string;
  /** The Command dict, RequestType included; of a rotation it holds the recovery key. */
  readonly request: PlistDict;
}

/**
 * Reads a command, for the Mac's side.
 *
 * @throws PlistError
 * @throws MessageError
 */
export function readCommand(bytes: Uint8Array): Command {
  const dict = rootDict(parsePlist(bytes));
  const request = dictAt(dict, 'Command');
  if (request === undefined) throw new MessageError('missing-key', 'Command');
  return {
    commandUuid: requiredString(dict, 'CommandUUID'),
    requestType: requiredString(request, 'RequestType'),
    request,
  };
}
