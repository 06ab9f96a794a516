import type { PlistDict } from '../plist/value.ts';
import { optionalBoolean, optionalString, requiredString } from './members.ts';

/**
 * Who speaks (reference section 3.2): the Mac, one user of it, or the same under User Enrollment, where the Mac has no
 * UDID. All of it is the client's own word; only its certificate binds it.
 */
export type Channel =
  | { readonly kind: 'device'; readonly udid: string }
  | ({ readonly kind: 'user'; readonly udid: string; readonly userId: string } & UserNames)
  | { readonly kind: 'user-enrollment'; readonly enrollmentId: string }
  | ({
      readonly kind: 'user-enrollment-user';
      readonly enrollmentId: string;
      readonly enrollmentUserId: string;
    } & UserNames);

export interface UserNames {
  readonly userShortName: string | null;
  readonly userLongName: string | null;
  readonly notOnConsole: boolean | null;
}

/** @throws MessageError when neither UDID nor EnrollmentID names the enrollment. */
export function readChannel(dict: PlistDict): Channel {
  if (optionalString(dict, 'UDID') === null && optionalString(dict, 'EnrollmentID') !== null) {
    return readUserEnrollment(dict);
  }
  const udid = requiredString(dict, 'UDID');
  if (optionalString(dict, 'UserID') === null) return { kind: 'device', udid };
  return { kind: 'user', udid, userId: requiredString(dict, 'UserID'), ...readUserNames(dict) };
}

function readUserEnrollment(dict: PlistDict): Channel {
  const enrollmentId = requiredString(dict, 'EnrollmentID');
  if (optionalString(dict, 'EnrollmentUserID') === null) return { kind: 'user-enrollment', enrollmentId };
  const enrollmentUserId = requiredString(dict, 'EnrollmentUserID');
  return { kind: 'user-enrollment-user', enrollmentId, enrollmentUserId, ...readUserNames(dict) };
}

function readUserNames(dict: PlistDict): UserNames {
  return {
    userShortName: optionalString(dict, 'UserShortName'),
    userLongName: optionalString(dict, 'UserLongName'),
    notOnConsole: optionalBoolean(dict, 'NotOnConsole'),
  };
}
