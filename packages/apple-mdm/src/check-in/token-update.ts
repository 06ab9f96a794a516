import type { PlistDict } from '../plist/value.ts';
import type { Channel } from './channel.ts';
import { optionalBoolean, requiredData, requiredString } from './members.ts';

/** Where to push to. Belongs to its channel: a user's must not replace the Mac's (reference section 3.2). */
export interface TokenUpdate {
  readonly type: 'TokenUpdate';
  readonly channel: Channel;
  readonly topic: string;
  /** 32 bytes today; Apple promises no length. */
  readonly token: Buffer;
  readonly pushMagic: string;
  /** null means unchanged, not false. */
  readonly awaitingConfiguration: boolean | null;
}

// UnlockToken is left unread: Macs have none, and it would be one more secret to keep.
export function readTokenUpdate(dict: PlistDict, channel: Channel): TokenUpdate {
  return {
    type: 'TokenUpdate',
    channel,
    topic: requiredString(dict, 'Topic'),
    token: requiredData(dict, 'Token'),
    pushMagic: requiredString(dict, 'PushMagic'),
    awaitingConfiguration: optionalBoolean(dict, 'AwaitingConfiguration'),
  };
}
