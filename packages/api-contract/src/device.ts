import { z } from 'zod';
import { attempt } from './attempt.ts';
import { id, listOf, timestamp, words } from './primitives.ts';

export const ownership = z.enum(['personal', 'corporate']);
export type Ownership = z.infer<typeof ownership>;

export const deviceAction = z.enum(['store', 'reveal', 'rotate', 'check-status', 'rename', 'remove']);
export type DeviceAction = z.infer<typeof deviceAction>;

export const recoveryKeyState = z.enum(['none', 'candidate', 'current', 'unproven', 'uncertain']);
export type RecoveryKeyState = z.infer<typeof recoveryKeyState>;

export const keySource = z.enum(['typed', 'rotation', 'escrow-copy', 'import']);
export type KeySource = z.infer<typeof keySource>;

export const accessState = z.enum(['can-access', 'grace', 'blocked']);
export type AccessState = z.infer<typeof accessState>;

/** Why access is limited, each with the one thing to do about it. */
export const accessReason = z.enum([
  'recovery-key-not-stored',
  'recovery-key-not-proved',
  'recovery-key-uncertain',
  'not-encrypted',
  'not-enrolled',
  'encryption-unknown',
]);
export type AccessReason = z.infer<typeof accessReason>;

export const enrollmentState = z.enum(['waiting', 'active', 'ended', 'quarantined']);
export type EnrollmentState = z.infer<typeof enrollmentState>;

/** What is odd about a Mac, each with what it means and the one thing to do about it. */
export const deviceConcern = z.enum([
  'silent',
  'serial-number-shared',
  'certificate-shared',
  'certificate-expired',
  'push-refused',
  'not-user-approved',
  'user-enrollment',
  'other-escrow-profile',
  'restored',
]);
export type DeviceConcern = z.infer<typeof deviceConcern>;

/** A Mac as one caller may see it. Never holds a key. */
export const device = z.object({
  id,
  name: z.string(),
  serialNumber: z.string().nullable(),
  model: z.string().nullable(),
  osVersion: z.string().nullable(),
  ownership,
  owner: z.object({ id, name: z.string(), email: z.string() }),
  encryption: z.object({
    enabled: z.boolean().nullable(),
    hasPersonalRecoveryKey: z.boolean().nullable(),
    reportedAt: timestamp.nullable(),
  }),
  recoveryKey: z.object({
    state: recoveryKeyState,
    version: z.int().nullable(),
    storedAt: timestamp.nullable(),
    provenAt: timestamp.nullable(),
    source: keySource.nullable(),
  }),
  /** The newest attempt, whatever its state. */
  attempt: attempt.nullable(),
  access: z.object({ state: accessState, until: timestamp.nullable(), reasons: z.array(accessReason) }),
  lastContactAt: timestamp.nullable(),
  enrollment: z.object({ state: enrollmentState }),
  /** FileVault management by IT: whether this Mac has taken the profile. */
  fileVaultProfile: z.enum(['none', 'sent', 'acknowledged', 'refused']),
  concerns: z.array(deviceConcern),
  /** The name of the profile behind `other-escrow-profile`: only for callers with `device:read`. */
  otherEscrowProfile: z.string().nullable(),
  /** What the Mac said when it refused the newest FileVault profile; only with `device:read`. */
  fileVaultProfileRefusal: z.string().nullable(),
  /** Somebody else's Mac that this one in quarantine says it is; only with `device:read`. */
  claimsDeviceId: id.nullable(),
  /** What this caller may do now. */
  actions: z.array(deviceAction),
});
export type Device = z.infer<typeof device>;

export const deviceList = listOf(device);
export type DeviceList = z.infer<typeof deviceList>;

export const deviceListQuery = z.object({
  scope: z.enum(['mine', 'all']).default('mine'),
  /** Found anywhere in name, serial number, model, or the owner's name or e-mail. */
  search: words(200).optional(),
  cursor: z.string().max(500).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

export const deviceChange = z
  .strictObject({
    name: words(100).min(1).optional(),
    ownership: ownership.optional(),
  })
  .refine((change) => (change.name === undefined) !== (change.ownership === undefined), {
    message: 'Give either name or ownership.',
  });

/** `accept`: the Mac in quarantine is that person's own. `refuse`: it is not. Nobody gets an earlier key. */
export const quarantineDecision = z.strictObject({ decision: z.enum(['accept', 'refuse']) });
