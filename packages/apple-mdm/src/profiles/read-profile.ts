import { optionalString, requiredString, rootDict } from '../check-in/members.ts';
import { MessageError } from '../check-in/message-error.ts';
import { arrayAt, dictsAt, stringAt } from '../plist/access.ts';
import type { PlistDict } from '../plist/value.ts';
import { parsePlist } from '../plist.ts';

/** A configuration profile as the Mac sees it. */
export interface Profile {
  readonly identifier: string;
  readonly uuid: string;
  readonly displayName: string | null;
  /** A profile that does not say is the user's. */
  readonly scope: 'System' | 'User';
  readonly payloads: readonly PlistDict[];
}

/**
 * Reads an unsigned profile, for the Mac's side.
 *
 * @throws PlistError
 * @throws MessageError when it is no Configuration, or lacks names or content.
 */
export function readProfile(bytes: Uint8Array): Profile {
  const dict = rootDict(parsePlist(bytes));
  if (requiredString(dict, 'PayloadType') !== 'Configuration')
    throw new MessageError('unknown-value', 'PayloadType');
  if (arrayAt(dict, 'PayloadContent') === undefined) throw new MessageError('missing-key', 'PayloadContent');
  return {
    identifier: requiredString(dict, 'PayloadIdentifier'),
    uuid: requiredString(dict, 'PayloadUUID'),
    displayName: optionalString(dict, 'PayloadDisplayName'),
    scope: readScope(optionalString(dict, 'PayloadScope')),
    payloads: dictsAt(dict, 'PayloadContent'),
  };
}

/** The first payload of a type, such as `com.apple.mdm`. */
export function payloadOfType(profile: Profile, type: string): PlistDict | undefined {
  return profile.payloads.find((candidate) => stringAt(candidate, 'PayloadType') === type);
}

function readScope(scope: string | null): 'System' | 'User' {
  if (scope === null || scope === 'User') return 'User';
  if (scope === 'System') return 'System';
  throw new MessageError('unknown-value', 'PayloadScope');
}
