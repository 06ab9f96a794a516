import type { KeyVersion } from '@keyhaven/api-contract/recovery-key';
import type { PersonActor } from '../../kernel/actor.ts';
import type { keyVersionsOf } from '../escrow/escrow.ts';
import { isShowable } from '../escrow/reveal-key.ts';
import { isOwnedBy, type SeenDevice } from './seen-device.ts';

type Version = Awaited<ReturnType<typeof keyVersionsOf>>[number];

/** A version without its bytes, and whether this caller could ask to see them. */
export function showVersion(
  version: Version,
  mac: Pick<SeenDevice, 'ownerId' | 'quarantinedAt' | 'ownership'>,
  actor: PersonActor,
): KeyVersion {
  const itMaySee =
    actor.permissions.has('recovery-key:reveal') &&
    mac.quarantinedAt === null &&
    mac.ownership === 'corporate' &&
    version.ownershipClass === 'corporate';
  return {
    version: version.version,
    state: version.state,
    source: version.source,
    storedAt: version.storedAt.toISOString(),
    provenAt: version.provenAt?.toISOString() ?? null,
    canReveal: isShowable(version) && (isOwnedBy(mac, actor) || itMaySee),
  };
}
