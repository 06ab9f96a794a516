import type { PlistDict } from '../plist.ts';
import type { InstalledProfile, PayloadHead } from '../profile.ts';
import { acknowledged, type CommandHandler } from './command.ts';

export const profileList: CommandHandler = (_fields, { state }) => ({
  result: acknowledged({ ProfileList: state.profiles.map((profile) => describe(profile)) }),
});

function describe(profile: InstalledProfile): PlistDict {
  return {
    PayloadIdentifier: profile.identifier,
    PayloadUUID: profile.uuid,
    PayloadVersion: BigInt(profile.version),
    ...(profile.displayName === null ? {} : { PayloadDisplayName: profile.displayName }),
    PayloadRemovalDisallowed: profile.removalDisallowed,
    HasRemovalPasscode: false,
    IsEncrypted: false,
    IsManaged: true,
    PayloadContent: profile.payloads.map((payload) => describePayload(payload)),
    SignerCertificates: profile.signer === null ? [] : [profile.signer],
  };
}

function describePayload(payload: PayloadHead): PlistDict {
  return {
    PayloadType: payload.type,
    PayloadIdentifier: payload.identifier,
    PayloadUUID: payload.uuid,
    PayloadVersion: BigInt(payload.version),
    ...(payload.displayName === null ? {} : { PayloadDisplayName: payload.displayName }),
  };
}
