import { escrowOf } from '../file-vault.ts';
import type { PlistDict } from '../plist.ts';
import type { CommandContext } from './command.ts';
import { acknowledged, type CommandHandler } from './command.ts';

/** SecurityInfo of an Apple silicon Mac under user-approved management. */
export const securityInfo: CommandHandler = (_fields, context) => ({
  result: acknowledged({
    SecurityInfo: {
      ...fileVaultKeys(context),
      ManagementStatus: {
        EnrolledViaDEP: false,
        IsActivationLockManageable: true,
        IsUserEnrollment: false,
        UserApprovedEnrollment: true,
      },
      SystemIntegrityProtectionEnabled: true,
      FirewallSettings: {
        // AllowSigned is sent by real Macs and in no schema.
        AllowSigned: true,
        BlockAllIncoming: false,
        FirewallEnabled: true,
        StealthMode: false,
        Applications: [],
      },
      SecureBoot: {
        SecureBootLevel: 'full',
        ExternalBootLevel: 'not supported',
        WindowsBootLevel: 'not supported',
      },
      BootstrapTokenAllowedForAuthentication: 'not supported',
      BootstrapTokenRequiredForSoftwareUpdate: true,
      BootstrapTokenRequiredForKernelExtensionApproval: false,
      IsRecoveryLockEnabled: false,
      AuthenticatedRootVolumeEnabled: true,
      RemoteDesktopEnabled: false,
    },
  }),
});

function fileVaultKeys({ state, fileVault }: CommandContext): PlistDict {
  const deviceKey = escrowOf(state)?.deviceKey ?? state.identity.serialNumber;
  return {
    FDE_Enabled: fileVault.enabled,
    FDE_HasPersonalRecoveryKey: fileVault.currentRecoveryKey !== null,
    FDE_HasInstitutionalRecoveryKey: false,
    ...(fileVault.escrowCopy === null
      ? {}
      : {
          FDE_PersonalRecoveryKeyCMS: fileVault.escrowCopy,
          FDE_PersonalRecoveryKeyDeviceKey: deviceKey,
        }),
  };
}
