import type { FileVaultSettings } from '@keyhaven/apple-mdm/profiles/filevault-profile';
import type { PolicyId } from '../../kernel/id.ts';

/** How far a Mac's FileVault and escrow profile has come. */
export type ProfileState = 'none' | 'sent' | 'acknowledged' | 'refused';

/** What IT wants of the Macs under a policy (product.md I4). */
export type PolicySettings = {
  readonly fileVault: FileVaultSettings;
  /** An attempt that no Mac has answered by then has failed. */
  readonly deviceUnreachableAfterHours: number;
  /** How long a Mac may go without a stored and proved key before access is blocked. */
  readonly gracePeriodDays: number;
};

export type Policy = {
  readonly id: PolicyId;
  readonly name: string;
  readonly version: number;
  readonly settings: PolicySettings;
};
