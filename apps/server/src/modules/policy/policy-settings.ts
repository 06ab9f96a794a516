import type { PolicySettings } from '@keyhaven/api-contract/policy';
import type { PolicyId } from '../../kernel/id.ts';

/** How far a Mac's FileVault and escrow profile has come. */
export type ProfileState = 'none' | 'sent' | 'acknowledged' | 'refused';

export type Policy = {
  readonly id: PolicyId;
  readonly name: string;
  readonly version: number;
  /** The newest version that altered the profile: what every Mac under this policy should have. */
  readonly profileVersion: number;
  readonly settings: PolicySettings;
  readonly updatedAt: Date;
};

/** What a policy says that nobody has set otherwise. */
export const defaultSettings: PolicySettings = {
  fileVault: {
    enable: true,
    defer: true,
    bypassAttempts: 3,
    dontAskAtUserLogout: false,
    showRecoveryKey: false,
    forceEnableInSetupAssistant: false,
    dontAllowDisable: true,
    escrowLocation: 'Your recovery key is kept by your organization. Sign in to Company Portal to get it.',
    deviceKey: null,
  },
  rotationIntervalDays: null,
  rotateAfterRevealMinutes: null,
  gracePeriodDays: 14,
  deviceUnreachableAfterHours: 24,
  approvalRequired: false,
  // A key is rotated by itself only where IT says so.
  proveEscrowCopies: false,
};

/** Settings as they are stored; of an older version of Keyhaven, some are missing. */
export type StoredSettings = Partial<Omit<PolicySettings, 'fileVault'>> & {
  readonly fileVault?: Partial<PolicySettings['fileVault']>;
};

/** The same with the default for what is missing. */
export const completed = (stored: StoredSettings): PolicySettings => ({
  ...defaultSettings,
  ...stored,
  fileVault: { ...defaultSettings.fileVault, ...stored.fileVault },
});

/** Settings with what they imply said: from macOS 14.4 on, forcing works with defer alone. */
export const withImplied = (settings: PolicySettings): PolicySettings => {
  const { fileVault } = settings;
  const defer = fileVault.defer || fileVault.forceEnableInSetupAssistant;
  return { ...settings, fileVault: { ...fileVault, defer } };
};

/** Whether a Mac has to get its profile anew. Both `withImplied`. */
export function altersProfile(before: PolicySettings, after: PolicySettings): boolean {
  const was = new Map<string, unknown>(Object.entries(before.fileVault));
  return Object.entries(after.fileVault).some(([name, value]) => was.get(name) !== value);
}
