import type { DeviceAction } from '@keyhaven/api-contract/device';
import type { PersonActor } from '../../kernel/actor.ts';
import { givesWay, isOpen } from './open-attempt.ts';
import { isEnrolled, isOwnedBy, type SeenDevice } from './seen-device.ts';

/** What this caller may do to this Mac now. The verbs decide for themselves once more. */
export function actionsFor(mac: SeenDevice, actor: PersonActor): readonly DeviceAction[] {
  const owner = isOwnedBy(mac, actor);
  const may = (permission: Parameters<PersonActor['permissions']['has']>[0]): boolean =>
    actor.permissions.has(permission);
  const present = mac.removedAt === null;
  const enrolled = isEnrolled(mac);
  const attempt = mac.attempt?.state ?? null;
  const holdsKey = mac.keys.some(({ state }) => state !== 'candidate');
  const itMaySee = mac.ownership === 'corporate' && mac.hasCorporateShowable && mac.quarantinedAt === null;

  const allowed: Readonly<Record<DeviceAction, boolean>> = {
    store: owner && enrolled && (attempt === null || givesWay(attempt)),
    reveal: owner ? mac.hasShowable : may('recovery-key:reveal') && itMaySee,
    rotate:
      (owner || may('recovery-key:rotate')) && enrolled && holdsKey && (attempt === null || !isOpen(attempt)),
    'check-status': (owner || may('recovery-key:rotate')) && enrolled,
    rename: owner && present,
    remove: (owner || may('device:write')) && present,
  };
  return actionOrder.filter((action) => allowed[action]);
}

const actionOrder = ['store', 'reveal', 'rotate', 'check-status', 'rename', 'remove'] as const;
