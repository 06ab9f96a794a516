import type { Actor } from '../../kernel/actor.ts';
import type { Permission } from '../../kernel/permission.ts';
import type { Refusal } from '../../kernel/refusal.ts';
import { ok, type Result, refused } from '../../kernel/result.ts';
import type { Device } from './device.ts';

/** Who may do something to a Mac: its owner, whoever holds the permission, or either. */
export type May = { readonly owner: boolean; readonly permission: Permission | null };

/**
 * The one rule about who sees and who acts. A Mac that the caller may not see is not found; one that they may see but
 * not act on is forbidden. A Mac in quarantine belongs to nobody until IT settles it.
 */
export function gate(device: Device | null, actor: Actor, may: May): Result<Device, Refusal> {
  if (device === null || actor.kind === 'mac') return refused({ kind: 'not-found' });
  if (actor.kind === 'system') return ok(device);
  const owns = isOwner(device, actor);
  const sees = owns || actor.permissions.has('device:read');
  if (!sees) return refused({ kind: 'not-found' });
  const acts = (may.owner && owns) || (may.permission !== null && actor.permissions.has(may.permission));
  return acts ? ok(device) : refused({ kind: 'forbidden' });
}

/** Whether this person is the Mac's owner. Nobody owns a Mac in quarantine. */
export const isOwner = (device: Device, actor: Actor): boolean =>
  actor.kind === 'person' && device.quarantinedAt === null && device.ownerId === actor.person;
