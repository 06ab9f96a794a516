import type { MacState } from '../mac-state.ts';
import type { PlistDict, PlistValue } from '../plist.ts';
import { arrayOf } from '../plist-fields.ts';
import { acknowledged, type CommandHandler } from './command.ts';

/** The queries a Mac knows; others are missing from its answer. */
export const deviceInformation: CommandHandler = (fields, { state }) => {
  const known = answers(state);
  const asked = arrayOf(fields, 'Queries') ?? Object.keys(known);
  const responses: Record<string, PlistValue> = {};
  for (const query of asked) {
    const value = typeof query === 'string' ? known[query] : undefined;
    if (typeof query === 'string' && value !== undefined) responses[query] = value;
  }
  return { result: acknowledged({ QueryResponses: responses }) };
};

function answers({ identity }: MacState): PlistDict {
  return {
    UDID: identity.udid,
    ProvisioningUDID: identity.udid,
    SerialNumber: identity.serialNumber,
    DeviceName: identity.name,
    HostName: `${identity.name.replaceAll(' ', '-')}.local`,
    LocalHostName: identity.name.replaceAll(' ', '-'),
    Model: identity.model,
    ModelName: identity.modelName,
    ProductName: identity.model,
    OSVersion: identity.osVersion,
    BuildVersion: identity.buildVersion,
    SupplementalBuildVersion: identity.buildVersion,
    IsSupervised: true,
    IsAppleSilicon: true,
    HasBattery: true,
    DeviceCapacity: 494.38,
    AvailableDeviceCapacity: 312.5,
  };
}
