import type { PlistDict } from '../plist/value.ts';
import { type PayloadNames, type ProfileTitle, payload, titled, writeProfile } from './payload.ts';

/** What a policy tells a Mac about FileVault. */
export interface FileVaultSettings {
  /** Turn FileVault on. false asks for nothing: a Mac is never told to decrypt. */
  readonly enable: boolean;
  /** Ask at the next sign-out or sign-in. Without it macOS wants a name and password, which are never sent. */
  readonly defer: boolean;
  /** How often a person may postpone at sign-in: 0 to 9999, or -1 for no limit. */
  readonly bypassAttempts: number;
  readonly dontAskAtUserLogout: boolean;
  /** Show the key to the person when FileVault is first turned on. */
  readonly showRecoveryKey: boolean;
  /** macOS 14 and later, automated enrollment only; from 14.4 it works with defer alone, so it implies it. */
  readonly forceEnableInSetupAssistant: boolean;
  readonly dontAllowDisable: boolean;
  /** Shown to the person: who keeps the key. */
  readonly escrowLocation: string;
  /** Shown at the FileVault screen after wrong passwords; null leaves macOS's choice, the serial number. */
  readonly deviceKey: string | null;
}

export interface FileVaultProfile extends PayloadNames, ProfileTitle {
  /** DER, RSA, of this Mac's escrow key pair. */
  readonly escrowCertificate: Uint8Array;
  readonly payloads: {
    readonly fileVault: PayloadNames;
    readonly escrow: PayloadNames;
    readonly certificate: PayloadNames;
    readonly options: PayloadNames;
  };
}

/**
 * The unsigned FileVault profile: all payloads in one, as the escrow payload must name its certificate in the same
 * profile, and a change then replaces (reference section 5.1). Removing it never turns FileVault off.
 *
 * @throws RangeError when bypassAttempts is no whole number from -1 to 9999, or the escrow location is empty.
 */
export function fileVaultProfile(settings: FileVaultSettings, profile: FileVaultProfile): Buffer {
  if (settings.escrowLocation === '') throw new RangeError('escrowLocation is empty');
  return writeProfile(profile, profile, [
    certificatePayload(profile),
    escrowPayload(settings, profile),
    ...(settings.enable ? [enablePayload(settings, profile)] : []),
    optionsPayload(settings, profile),
  ]);
}

function certificatePayload(profile: FileVaultProfile): PlistDict {
  return payload('com.apple.security.pkcs1', profile.payloads.certificate, {
    ...titled(profile),
    PayloadContent: profile.escrowCertificate,
  });
}

function escrowPayload(settings: FileVaultSettings, profile: FileVaultProfile): PlistDict {
  return payload('com.apple.security.FDERecoveryKeyEscrow', profile.payloads.escrow, {
    ...titled(profile),
    Location: settings.escrowLocation,
    EncryptCertPayloadUUID: profile.payloads.certificate.uuid,
    ...(settings.deviceKey === null ? {} : { DeviceKey: settings.deviceKey }),
  });
}

// OutputPath would write the key to disk in clear; Certificate and UseKeychain make institutional keys.
function enablePayload(settings: FileVaultSettings, profile: FileVaultProfile): PlistDict {
  const { bypassAttempts } = settings;
  if (!Number.isInteger(bypassAttempts) || bypassAttempts < -1 || bypassAttempts > 9999) {
    throw new RangeError('bypassAttempts is not a whole number from -1 to 9999');
  }
  return payload('com.apple.MCX.FileVault2', profile.payloads.fileVault, {
    ...titled(profile),
    Enable: 'On',
    Defer: settings.defer || settings.forceEnableInSetupAssistant,
    UseRecoveryKey: true,
    ShowRecoveryKey: settings.showRecoveryKey,
    DeferForceAtUserLoginMaxBypassAttempts: bypassAttempts,
    DeferDontAskAtUserLogout: settings.dontAskAtUserLogout,
    ...(settings.forceEnableInSetupAssistant ? { ForceEnableInSetupAssistant: true } : {}),
  });
}

function optionsPayload(settings: FileVaultSettings, profile: FileVaultProfile): PlistDict {
  return payload('com.apple.MCX', profile.payloads.options, {
    ...titled(profile),
    dontAllowFDEDisable: settings.dontAllowDisable,
    dontAllowFDEEnable: false,
    DestroyFVKeyOnStandby: false,
  });
}
