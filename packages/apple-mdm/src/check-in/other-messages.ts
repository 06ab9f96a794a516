import type { PlistDict } from '../plist/value.ts';
import type { Channel } from './channel.ts';
import { optionalData, optionalDict, optionalString, requiredString } from './members.ts';
import { MessageError } from './message-error.ts';

/** The Mac says good-bye: best effort, may never come (reference section 3.2). */
export interface CheckOut {
  readonly type: 'CheckOut';
  readonly channel: Channel;
  readonly topic: string;
}

/** A network or mobile account asks to be managed; 410 declines (reference section 3.2). */
export interface UserAuthenticate {
  readonly type: 'UserAuthenticate';
  readonly channel: Channel;
  readonly digestResponse: string | null;
}

export interface DeclarativeManagement {
  readonly type: 'DeclarativeManagement';
  readonly channel: Channel;
  readonly endpoint: string;
  /** JSON bytes. */
  readonly data: Buffer | null;
}

export interface GetToken {
  readonly type: 'GetToken';
  readonly channel: Channel;
  readonly tokenServiceType: string;
  readonly tokenParameters: PlistDict | null;
}

export function readCheckOut(dict: PlistDict, channel: Channel): CheckOut {
  return { type: 'CheckOut', channel, topic: requiredString(dict, 'Topic') };
}

export function readUserAuthenticate(dict: PlistDict, channel: Channel): UserAuthenticate {
  if (channel.kind !== 'user') throw new MessageError('missing-key', 'UserID');
  return { type: 'UserAuthenticate', channel, digestResponse: optionalString(dict, 'DigestResponse') };
}

export function readDeclarativeManagement(dict: PlistDict, channel: Channel): DeclarativeManagement {
  return {
    type: 'DeclarativeManagement',
    channel,
    endpoint: requiredString(dict, 'Endpoint'),
    data: optionalData(dict, 'Data'),
  };
}

export function readGetToken(dict: PlistDict, channel: Channel): GetToken {
  return {
    type: 'GetToken',
    channel,
    tokenServiceType: requiredString(dict, 'TokenServiceType'),
    tokenParameters: optionalDict(dict, 'TokenParameters'),
  };
}
