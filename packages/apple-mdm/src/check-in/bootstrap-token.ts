import type { PlistDict } from '../plist/value.ts';
import type { Channel } from './channel.ts';
import { optionalBoolean, optionalData } from './members.ts';

export interface SetBootstrapToken {
  readonly type: 'SetBootstrapToken';
  readonly channel: Channel;
  /** A secret. null asks to forget the one that is held (missing or empty, reference section 3.2). */
  readonly bootstrapToken: Buffer | null;
  readonly awaitingConfiguration: boolean | null;
}

export interface GetBootstrapToken {
  readonly type: 'GetBootstrapToken';
  readonly channel: Channel;
  readonly awaitingConfiguration: boolean | null;
}

export function readSetBootstrapToken(dict: PlistDict, channel: Channel): SetBootstrapToken {
  const token = optionalData(dict, 'BootstrapToken');
  return {
    type: 'SetBootstrapToken',
    channel,
    bootstrapToken: token?.length === 0 ? null : token,
    awaitingConfiguration: optionalBoolean(dict, 'AwaitingConfiguration'),
  };
}

export function readGetBootstrapToken(dict: PlistDict, channel: Channel): GetBootstrapToken {
  return {
    type: 'GetBootstrapToken',
    channel,
    awaitingConfiguration: optionalBoolean(dict, 'AwaitingConfiguration'),
  };
}
