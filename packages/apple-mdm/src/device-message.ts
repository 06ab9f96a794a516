import { rootDict } from './check-in/members.ts';
import { type CheckIn, readCheckIn } from './check-in.ts';
import { type Answer, readAnswer } from './command-answer.ts';
import { valueAt } from './plist/access.ts';
import type { PlistDict } from './plist/value.ts';
import { parsePlist } from './plist.ts';

/** What came in on the one URL that Macs know. */
export type DeviceMessage =
  | { readonly kind: 'check-in'; readonly checkIn: CheckIn }
  | { readonly kind: 'answer'; readonly answer: Answer };

/**
 * Reads a body sent to `PUT /mdm`. Apple's two content types decide (reference section 3.1, parameters may follow);
 * with any other or none, as mdmb sends its results, the body does: only a check-in has a MessageType.
 *
 * @param contentType the header's value, as it came
 * @throws PlistError
 * @throws MessageError
 */
export function parseDeviceMessage(contentType: string | undefined, body: Uint8Array): DeviceMessage {
  const dict = rootDict(parsePlist(body));
  return isCheckIn(contentType, dict)
    ? { kind: 'check-in', checkIn: readCheckIn(dict) }
    : { kind: 'answer', answer: readAnswer(dict) };
}

function isCheckIn(contentType: string | undefined, dict: PlistDict): boolean {
  switch (mediaType(contentType)) {
    case 'application/x-apple-aspen-mdm-checkin':
      return true;
    case 'application/x-apple-aspen-mdm':
      return false;
    default:
      return valueAt(dict, 'MessageType') !== undefined;
  }
}

function mediaType(contentType: string | undefined): string {
  return (contentType ?? '').replace(/;.*$/s, '').trim().toLowerCase();
}
