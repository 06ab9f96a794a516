import type { Answer } from '../command-answer.ts';
import { booleanAt, dictAt, stringAt } from '../plist/access.ts';
import { writeCommand } from './command.ts';

/** Apple's query names that Keyhaven asks for; access right 16 covers all of them. */
export const deviceInformationQueries = [
  'UDID',
  'DeviceName',
  'HostName',
  'SerialNumber',
  'Model',
  'ModelName',
  'ProductName',
  'OSVersion',
  'BuildVersion',
  'SupplementalOSVersionExtra',
  'SupplementalBuildVersion',
  'IsSupervised',
  'IsAppleSilicon',
] as const;

/** What a Mac says about itself. null: it did not say. */
export interface DeviceInformation {
  readonly udid: string | null;
  readonly deviceName: string | null;
  readonly hostName: string | null;
  readonly serialNumber: string | null;
  readonly model: string | null;
  readonly modelName: string | null;
  readonly productName: string | null;
  readonly osVersion: string | null;
  readonly buildVersion: string | null;
  readonly supplementalOsVersionExtra: string | null;
  readonly supplementalBuildVersion: string | null;
  readonly isSupervised: boolean | null;
  readonly isAppleSilicon: boolean | null;
}

export function deviceInformationCommand(
  uuid: string,
  queries: readonly string[] = deviceInformationQueries,
): Buffer {
  return writeCommand(uuid, 'DeviceInformation', { Queries: queries });
}

/** Total: a query the Mac left out, or answered with another type, is null. */
export function readDeviceInformation(answer: Answer): DeviceInformation {
  const responses = dictAt(answer.result, 'QueryResponses') ?? {};
  return {
    udid: stringAt(responses, 'UDID') ?? null,
    deviceName: stringAt(responses, 'DeviceName') ?? null,
    hostName: stringAt(responses, 'HostName') ?? null,
    serialNumber: stringAt(responses, 'SerialNumber') ?? null,
    model: stringAt(responses, 'Model') ?? null,
    modelName: stringAt(responses, 'ModelName') ?? null,
    productName: stringAt(responses, 'ProductName') ?? null,
    osVersion: stringAt(responses, 'OSVersion') ?? null,
    buildVersion: stringAt(responses, 'BuildVersion') ?? null,
    supplementalOsVersionExtra: stringAt(responses, 'SupplementalOSVersionExtra') ?? null,
    supplementalBuildVersion: stringAt(responses, 'SupplementalBuildVersion') ?? null,
    isSupervised: booleanAt(responses, 'IsSupervised') ?? null,
    isAppleSilicon: booleanAt(responses, 'IsAppleSilicon') ?? null,
  };
}
