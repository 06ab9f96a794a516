import type { Answer } from '../command-answer.ts';
import { booleanAt, dictsAt, stringAt } from '../plist/access.ts';
import type { PlistDict } from '../plist/value.ts';
import { writeCommand } from './command.ts';

export interface InstalledPayload {
  readonly type: string;
  readonly identifier: string;
  readonly uuid: string | null;
}

/** One profile on the Mac. Two are the same when identifier and uuid are (reference section 1.1). */
export interface InstalledProfile {
  readonly identifier: string;
  readonly uuid: string | null;
  readonly displayName: string | null;
  /** Installed by this MDM service. */
  readonly isManaged: boolean | null;
  readonly payloads: readonly InstalledPayload[];
}

/** `managedOnly` leaves out what other sources installed. */
export function profileListCommand(uuid: string, managedOnly = false): Buffer {
  return writeCommand(uuid, 'ProfileList', { ManagedOnly: managedOnly });
}

/** Total: an entry without an identifier is passed over. */
export function readProfileList(answer: Answer): readonly InstalledProfile[] {
  return dictsAt(answer.result, 'ProfileList').flatMap((item) => {
    const identifier = stringAt(item, 'PayloadIdentifier');
    return identifier === undefined ? [] : readInstalledProfile(item, identifier);
  });
}

function readInstalledProfile(item: PlistDict, identifier: string): InstalledProfile {
  return {
    identifier,
    uuid: stringAt(item, 'PayloadUUID') ?? null,
    displayName: stringAt(item, 'PayloadDisplayName') ?? null,
    isManaged: booleanAt(item, 'IsManaged') ?? null,
    payloads: dictsAt(item, 'PayloadContent').flatMap(readInstalledPayload),
  };
}

function readInstalledPayload(item: PlistDict): readonly InstalledPayload[] {
  const type = stringAt(item, 'PayloadType');
  const identifier = stringAt(item, 'PayloadIdentifier');
  if (type === undefined || identifier === undefined) return [];
  return [{ type, identifier, uuid: stringAt(item, 'PayloadUUID') ?? null }];
}
