import { writeCommand } from './command.ts';

/** `identifier` is the profile's PayloadIdentifier. Its answer has no result of its own. */
export function removeProfileCommand(uuid: string, identifier: string): Buffer {
  return writeCommand(uuid, 'RemoveProfile', { Identifier: identifier });
}
