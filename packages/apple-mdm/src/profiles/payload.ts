import type { PlistDict } from '../plist/value.ts';
import { writePlist } from '../plist.ts';

/**
 * What macOS knows a profile or payload by. Keep both for as long as it means the same thing: new ones make another
 * payload, the same ones replace it (reference section 1.1).
 */
export interface PayloadNames {
  /** Reverse DNS; unique within its profile. */
  readonly identifier: string;
  readonly uuid: string;
}

/** The profile as people see it in System Settings. */
export interface ProfileTitle {
  readonly displayName: string;
  readonly organization: string;
  readonly description?: string;
}

/** One inner payload with the keys that every payload carries. */
export function payload(type: string, names: PayloadNames, members: PlistDict): PlistDict {
  return {
    PayloadType: type,
    PayloadVersion: 1,
    PayloadIdentifier: names.identifier,
    PayloadUUID: names.uuid,
    ...members,
  };
}

/** The keys by which people know a payload. */
export function titled(title: ProfileTitle): PlistDict {
  return { PayloadDisplayName: title.displayName, PayloadOrganization: title.organization };
}

/**
 * The bytes of a profile, unsigned. The scope is System and is said: an escrow payload needs it, and a profile
 * installed by hand would be the user's otherwise. Device type 5 is the Mac.
 */
export function writeProfile(
  names: PayloadNames,
  title: ProfileTitle,
  payloads: readonly PlistDict[],
): Buffer {
  return writePlist({
    ...payload('Configuration', names, {}),
    ...titled(title),
    ...(title.description === undefined ? {} : { PayloadDescription: title.description }),
    PayloadScope: 'System',
    TargetDeviceType: 5,
    PayloadContent: payloads,
  });
}
