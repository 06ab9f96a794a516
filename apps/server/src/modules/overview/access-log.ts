import type { AccessLogEntry } from '@keyhaven/api-contract/recovery-key';
import type { PersonId } from '../../kernel/id.ts';
import type { AuditAction } from '../../kernel/note.ts';

/** A note of the audit log as this page needs it. */
export type LoggedNote = {
  readonly at: Date;
  readonly actorKind: 'person' | 'mac' | 'system';
  readonly actorId: string | null;
  readonly actorName: string;
  readonly action: string;
  readonly detail: Readonly<Record<string, unknown>>;
};

const meanings: ReadonlyMap<string, AccessLogEntry['what']> = new Map<AuditAction, AccessLogEntry['what']>([
  ['recovery-key.typed', 'stored'],
  ['recovery-key.revealed', 'viewed'],
  ['recovery-key.rotation-asked', 'asked-to-rotate'],
  ['recovery-key.sent-to-mac', 'sent-to-mac'],
  ['recovery-key.saved', 'rotated'],
  ['attempt.failed', 'attempt-failed'],
]);

/** The actions that a line of the access log comes from. */
export const loggedActions: readonly string[] = [...meanings.keys()];

/** A note as a line of the access log; null for a note that is none. */
export function entryOf(note: LoggedNote, owner: PersonId): AccessLogEntry | null {
  const what = meanings.get(note.action);
  if (what === undefined) return null;
  const { version, reason } = note.detail;
  return {
    at: note.at.toISOString(),
    by: nameOf(note),
    byOwner: note.actorKind === 'person' && note.actorId === owner,
    what,
    version: typeof version === 'number' ? version : null,
    reason: typeof reason === 'string' ? reason : null,
  };
}

function nameOf(note: LoggedNote): string {
  switch (note.actorKind) {
    case 'person':
      return note.actorName;
    case 'mac':
      return 'the Mac';
    case 'system':
      return 'Keyhaven';
  }
}
