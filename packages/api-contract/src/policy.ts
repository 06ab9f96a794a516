import { z } from 'zod';
import { id, listOf, timestamp, words } from './primitives.ts';

/** One line that a Mac shows to a person; nothing in it that a profile could not hold. */
const line = (longest: number) =>
  words(longest)
    .min(1)
    .refine((text) => !/[\p{Cc}\ufffe\uffff]/u.test(text), { message: 'Write one line of text.' });

/** What a policy tells a Mac about FileVault, in the words of Apple's payloads. */
export const fileVaultSettings = z
  .strictObject({
    /** Turn FileVault on. false asks for nothing: a Mac is never told to decrypt. */
    enable: z.boolean(),
    /** Ask at the next sign-out or sign-in. Without it macOS wants a name and password, which are never sent. */
    defer: z.boolean(),
    /** How often a person may postpone at sign-in; 0: not at all, -1: without limit. */
    bypassAttempts: z.int().min(-1).max(9999),
    dontAskAtUserLogout: z.boolean(),
    /** Show the key to the person when FileVault is first turned on. */
    showRecoveryKey: z.boolean(),
    /** macOS 14 and later, automated enrollment only; it implies `defer`. */
    forceEnableInSetupAssistant: z.boolean(),
    dontAllowDisable: z.boolean(),
    /** Shown to the person: who keeps the key. */
    escrowLocation: line(300),
    /** Shown at the FileVault screen after wrong passwords, as it stands; null: macOS shows the serial number. */
    deviceKey: line(100).nullable(),
  })
  .refine(({ enable, defer, forceEnableInSetupAssistant: force }) => !enable || defer || force, {
    message: 'Turning FileVault on needs defer.',
    path: ['defer'],
  });

/** What IT wants of the Macs under a policy (product.md I4). */
export const policySettings = z.strictObject({
  fileVault: fileVaultSettings,
  /** A key older than that is rotated; null: never for its age. */
  rotationIntervalDays: z.int().min(30).max(365).nullable(),
  /** A key that somebody has seen is rotated so long after; null: it is not. */
  rotateAfterRevealMinutes: z.int().min(5).max(43_200).nullable(),
  /** How long a Mac may go without a stored and proved key before access is blocked. */
  gracePeriodDays: z.int().min(0).max(365),
  /** An attempt that no Mac has answered by then has failed. */
  deviceUnreachableAfterHours: z.int().min(1).max(720),
  /** A reveal by IT needs a second person. */
  approvalRequired: z.boolean(),
  /** Keys from the escrow copy are proved at once, by a rotation. */
  proveEscrowCopies: z.boolean(),
});
export type PolicySettings = z.infer<typeof policySettings>;

export const policy = z.object({
  id,
  name: z.string(),
  version: z.int(),
  settings: policySettings,
  updatedAt: timestamp,
  /** How far the Macs have come with the profile of the newest version that alters it. */
  macs: z.object({
    acknowledged: z.int(),
    waiting: z.int(),
    refused: z.int(),
  }),
});
export type Policy = z.infer<typeof policy>;
export const policyList = listOf(policy);

/** All settings as they are to be, and the version that they were made from. */
export const policyChange = z.strictObject({ version: z.int().min(1), settings: policySettings });
