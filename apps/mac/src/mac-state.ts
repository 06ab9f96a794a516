import type { Habits } from './habits.ts';
import type { MacIdentity } from './identity.ts';
import type { InstalledProfile } from './profile.ts';

export type FileVault = {
  readonly enabled: boolean;
  /** Null where FileVault is off or nobody made a personal key. */
  readonly currentRecoveryKey: string | null;
  /** Oldest first. */
  readonly earlierRecoveryKeys: readonly string[];
  /** FileVaultPRK.dat: the key of its day, as CMS to the escrow certificate of its day. */
  readonly escrowCopy: Buffer | null;
};

export type Enrollment = {
  readonly profileIdentifier: string;
  readonly topic: string;
  readonly serverUrl: string;
  readonly checkInUrl: string;
  readonly signMessage: boolean;
  readonly checkOutWhenRemoved: boolean;
  readonly certificate: Buffer;
  readonly privateKeyPem: string;
  readonly token: Buffer;
  readonly pushMagic: string;
  /** Whether the server has taken the TokenUpdate. */
  readonly tokenDelivered: boolean;
};

/** Everything a Mac remembers. */
export type MacState = {
  readonly identity: MacIdentity;
  readonly habits: Habits;
  readonly fileVault: FileVault;
  readonly profiles: readonly InstalledProfile[];
  readonly enrollment: Enrollment | null;
  /** Push tokens of ended enrollments: APNs knows them as unregistered. */
  readonly formerTokens: readonly Buffer[];
};

/** A command's result that the server has not taken with a 2xx. */
export type UnansweredResult = { readonly commandUuid: string; readonly body: Buffer };

export const FILEVAULT_OFF: FileVault = {
  enabled: false,
  currentRecoveryKey: null,
  earlierRecoveryKeys: [],
  escrowCopy: null,
};
