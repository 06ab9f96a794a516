import type { Answer } from '../command-answer.ts';
import { booleanAt, dataAt, dictAt, stringAt } from '../plist/access.ts';
import { writeCommand } from './command.ts';

/** What a Mac reports about FileVault and its enrollment (reference section 5.2). null: it did not say. */
export interface SecurityInfo {
  readonly fdeEnabled: boolean | null;
  readonly hasPersonalRecoveryKey: boolean | null;
  readonly hasInstitutionalRecoveryKey: boolean | null;
  /** The escrow copy: CMS EnvelopedData to the escrow certificate, BER or DER. */
  readonly personalRecoveryKeyCms: Buffer | null;
  readonly personalRecoveryKeyDeviceKey: string | null;
  readonly isUserEnrollment: boolean | null;
  readonly userApprovedEnrollment: boolean | null;
  readonly enrolledViaDep: boolean | null;
  readonly isActivationLockManageable: boolean | null;
  readonly systemIntegrityProtectionEnabled: boolean | null;
  readonly isRecoveryLockEnabled: boolean | null;
  /** Apple's words: off, medium, full, not supported. */
  readonly secureBootLevel: string | null;
  /** Apple's words: allowed, disallowed, not supported. */
  readonly bootstrapTokenAllowedForAuthentication: string | null;
}

export function securityInfoCommand(uuid: string): Buffer {
  return writeCommand(uuid, 'SecurityInfo');
}

/** Total: every key is optional, and one of the wrong type counts as not said. */
export function readSecurityInfo(answer: Answer): SecurityInfo {
  const info = dictAt(answer.result, 'SecurityInfo') ?? {};
  const management = dictAt(info, 'ManagementStatus') ?? {};
  return {
    fdeEnabled: booleanAt(info, 'FDE_Enabled') ?? null,
    hasPersonalRecoveryKey: booleanAt(info, 'FDE_HasPersonalRecoveryKey') ?? null,
    hasInstitutionalRecoveryKey: booleanAt(info, 'FDE_HasInstitutionalRecoveryKey') ?? null,
    personalRecoveryKeyCms: dataAt(info, 'FDE_PersonalRecoveryKeyCMS') ?? null,
    personalRecoveryKeyDeviceKey: stringAt(info, 'FDE_PersonalRecoveryKeyDeviceKey') ?? null,
    isUserEnrollment: booleanAt(management, 'IsUserEnrollment') ?? null,
    userApprovedEnrollment: booleanAt(management, 'UserApprovedEnrollment') ?? null,
    enrolledViaDep: booleanAt(management, 'EnrolledViaDEP') ?? null,
    isActivationLockManageable: booleanAt(management, 'IsActivationLockManageable') ?? null,
    systemIntegrityProtectionEnabled: booleanAt(info, 'SystemIntegrityProtectionEnabled') ?? null,
    isRecoveryLockEnabled: booleanAt(info, 'IsRecoveryLockEnabled') ?? null,
    secureBootLevel: stringAt(dictAt(info, 'SecureBoot') ?? {}, 'SecureBootLevel') ?? null,
    bootstrapTokenAllowedForAuthentication: stringAt(info, 'BootstrapTokenAllowedForAuthentication') ?? null,
  };
}
