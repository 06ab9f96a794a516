import type { DeviceId } from './id.ts';

/** Everything the audit log can say. Each has a sentence in docs/words.md. */
export type AuditAction =
  | 'installation.first-administrator'
  | 'person.signed-in'
  | 'person.signed-out'
  | 'role.granted'
  | 'device.enrolled'
  | 'device.re-enrolled'
  | 'device.quarantined'
  | 'device.unenrolled'
  | 'device.removed'
  | 'device.renamed'
  | 'device.ownership-changed'
  | 'device.reported'
  | 'device.status-asked'
  | 'device.message-refused'
  | 'enrollment.offered'
  | 'enrollment.profile-served'
  | 'enrollment.certificate-issued'
  | 'enrollment.refused'
  | 'enrollment.quarantine-settled'
  | 'identity.renewal-started'
  | 'identity.renewed'
  | 'identity.revoked'
  | 'corporate-identifiers.changed'
  | 'push-certificate.requested'
  | 'push-certificate.stored'
  | 'push-certificate.refused'
  | 'push-certificate.expiry-told'
  | 'file-vault-profile.sent'
  | 'file-vault-profile.acknowledged'
  | 'file-vault-profile.refused'
  | 'file-vault-profile.missing'
  | 'file-vault.turned-off'
  | 'recovery-key.typed'
  | 'recovery-key.store-refused'
  | 'recovery-key.rotation-asked'
  | 'recovery-key.rotation-refused'
  | 'recovery-key.sent-to-mac'
  | 'recovery-key.saved'
  | 'recovery-key.escrow-copy-stored'
  | 'recovery-key.revealed'
  | 'recovery-key.reveal-refused'
  | 'recovery-key.answer-unreadable'
  | 'attempt.uncertain'
  | 'attempt.failed'
  | 'attempt.cancelled'
  | 'vault.key-created'
  | 'notice.read'
  | 'policy.created'
  | 'policy.changed';

/** A line of the audit log before it gets its actor, its time and its place in the chain. Never holds a key. */
export type Note = {
  readonly action: AuditAction;
  readonly device?: DeviceId;
  readonly detail?: Readonly<Record<string, string | number | boolean | null>>;
};
