import type { PlistDict } from '../plist/value.ts';
import type { Channel } from './channel.ts';
import { optionalString, requiredString } from './members.ts';

/** The first message of an enrollment. What a Mac may leave out, by version or access rights, is null. */
export interface Authenticate {
  readonly type: 'Authenticate';
  readonly channel: Channel;
  readonly topic: string;
  readonly deviceName: string | null;
  readonly model: string | null;
  readonly modelName: string | null;
  readonly productName: string | null;
  readonly serialNumber: string | null;
  readonly osVersion: string | null;
  readonly buildVersion: string | null;
}

export function readAuthenticate(dict: PlistDict, channel: Channel): Authenticate {
  return {
    type: 'Authenticate',
    channel,
    topic: requiredString(dict, 'Topic'),
    deviceName: optionalString(dict, 'DeviceName'),
    model: optionalString(dict, 'Model'),
    modelName: optionalString(dict, 'ModelName'),
    productName: optionalString(dict, 'ProductName'),
    serialNumber: optionalString(dict, 'SerialNumber'),
    osVersion: optionalString(dict, 'OSVersion'),
    buildVersion: optionalString(dict, 'BuildVersion'),
  };
}
