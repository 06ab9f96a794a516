import { type Authenticate, readAuthenticate } from './check-in/authenticate.ts';
import {
  type GetBootstrapToken,
  readGetBootstrapToken,
  readSetBootstrapToken,
  type SetBootstrapToken,
} from './check-in/bootstrap-token.ts';
import { type Channel, readChannel } from './check-in/channel.ts';
import { requiredString, rootDict } from './check-in/members.ts';
import {
  type CheckOut,
  type DeclarativeManagement,
  type GetToken,
  readCheckOut,
  readDeclarativeManagement,
  readGetToken,
  readUserAuthenticate,
  type UserAuthenticate,
} from './check-in/other-messages.ts';
import { readTokenUpdate, type TokenUpdate } from './check-in/token-update.ts';
import type { PlistDict } from './plist/value.ts';
import { parsePlist } from './plist.ts';

/** A MessageType that this version does not know. Its channel is left unread: it may have none. */
export interface UnknownCheckIn {
  readonly type: 'unknown';
  readonly messageType: string;
}

/** One check-in message (reference section 3.2), told apart by `type`, which is Apple's MessageType. */
export type CheckIn =
  | Authenticate
  | TokenUpdate
  | CheckOut
  | SetBootstrapToken
  | GetBootstrapToken
  | UserAuthenticate
  | DeclarativeManagement
  | GetToken
  | UnknownCheckIn;

type Reader = (dict: PlistDict, channel: Channel) => CheckIn;

const readers: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['Authenticate', readAuthenticate],
  ['TokenUpdate', readTokenUpdate],
  ['CheckOut', readCheckOut],
  ['SetBootstrapToken', readSetBootstrapToken],
  ['GetBootstrapToken', readGetBootstrapToken],
  ['UserAuthenticate', readUserAuthenticate],
  ['DeclarativeManagement', readDeclarativeManagement],
  ['GetToken', readGetToken],
]);

/**
 * Reads the body of a check-in request. Keys it does not know are ignored: real Macs send some.
 *
 * @throws PlistError for bytes that are no property list.
 * @throws MessageError for a missing, empty or wrongly typed key.
 */
export function parseCheckIn(bytes: Uint8Array): CheckIn {
  return readCheckIn(rootDict(parsePlist(bytes)));
}

/** The same from an already parsed body. @throws MessageError */
export function readCheckIn(dict: PlistDict): CheckIn {
  const messageType = requiredString(dict, 'MessageType');
  const read = readers.get(messageType);
  return read === undefined ? { type: 'unknown', messageType } : read(dict, readChannel(dict));
}
