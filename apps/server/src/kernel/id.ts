import { randomUUID } from 'node:crypto';

/** An id that cannot be mistaken for another kind of id. All are UUIDs (122 random bits). */
export type Id<Kind extends string> = string & { readonly __kind: Kind };

export type PersonId = Id<'person'>;
export type SessionId = Id<'session'>;
export type DeviceId = Id<'device'>;
export type EnrollmentId = Id<'enrollment'>;
/** One certificate of an enrollment. */
export type IdentityId = Id<'identity'>;
/** Apple's CommandUUID. */
export type CommandId = Id<'command'>;
export type AnswerId = Id<'answer'>;
export type AttemptId = Id<'attempt'>;
export type KeyVersionId = Id<'key-version'>;
export type EscrowKeyId = Id<'escrow-key'>;
export type ReleaseId = Id<'release'>;
export type PolicyId = Id<'policy'>;
export type NoticeId = Id<'notice'>;
export type PushCertificateId = Id<'push-certificate'>;
export type PushRequestId = Id<'push-request'>;
export type NoteId = Id<'audit-note'>;
/** Of an event that another MDM server told us. */
export type EventId = Id<'event'>;

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** The id in `text`, or null. Upper case is taken too: Macs repeat a CommandUUID in the case of their choice. */
export function parseId<Kind extends string>(text: string): Id<Kind> | null {
  const lower = text.toLowerCase();
  // Safe because the shape was just checked; the kind is the caller's knowledge of where the text came from.
  return uuid.test(lower) ? (lower as Id<Kind>) : null;
}

/** A new random id. Chance comes in from outside through `Ids`, so that tests can repeat a run. */
export type Ids = { readonly next: <Kind extends string>() => Id<Kind> };

export const randomIds: Ids = {
  // Safe because a fresh UUID belongs to no kind yet.
  next: <Kind extends string>() => randomUUID() as Id<Kind>,
};
