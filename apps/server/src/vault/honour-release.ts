import { rotateFileVaultKeyCommand } from '@keyhaven/apple-mdm/commands/rotate-file-vault-key';
import { sealedFromBytes } from '@keyhaven/sealing/record';
import { open } from '@keyhaven/sealing/seal';
import type { Secret } from '@keyhaven/sealing/secret';
import { isTombstone } from '@keyhaven/sealing/tombstone';
import { minutes } from '../kernel/clock.ts';
import type { CommandId, ReleaseId } from '../kernel/id.ts';
import { permissionsOfRoles } from '../kernel/permission.ts';
import { keyBinding } from './bindings.ts';
import type { VaultContext } from './context.ts';
import {
  type ClaimedRelease,
  claimRelease,
  type Evidence,
  findEvidence,
  findRotation,
} from './vault.store.ts';
import type { ReleaseRefusal, Vault } from './vault.ts';

const freshFor = minutes(5);
/** How far the provider's clock may be ahead of ours. */
const clockSkew = minutes(1);

/** Whether this person may have this key now, by what the database itself says. The last word on every reveal. */
export function judgeReveal(
  release: ClaimedRelease,
  evidence: Evidence | null,
  now: Date,
): ReleaseRefusal | null {
  if (evidence === null || evidence.quarantined) return 'not-permitted';
  const { authenticatedAt } = evidence;
  if (authenticatedAt === null) return 'not-fresh';
  const age = now.getTime() - authenticatedAt.getTime();
  if (age > freshFor || age < -clockSkew) return 'not-fresh';
  if (release.person === evidence.ownerId) return null;
  const permitted = permissionsOfRoles(evidence.roles).has('recovery-key:reveal');
  const corporate = evidence.ownership === 'corporate' && release.versionClass === 'corporate';
  return permitted && corporate ? null : 'not-permitted';
}

export async function reveal(context: VaultContext, id: ReleaseId): ReturnType<Vault['reveal']> {
  const now = context.clock.now();
  const release = await claimRelease(context.database, id, now);
  if (release?.purpose !== 'reveal' || release.person === null || release.session === null) {
    return { ok: false, why: 'not-granted' };
  }
  const claim = { session: release.session, person: release.person, device: release.device };
  const why = judgeReveal(release, await findEvidence(context.database, claim, now), now);
  if (why !== null) return { ok: false, why };
  const key = await openVersion(context, release);
  return key === null ? { ok: false, why: 'unreadable' } : { ok: true, key };
}

export async function renderRotation(
  context: VaultContext,
  request: { readonly release: ReleaseId; readonly command: CommandId },
): ReturnType<Vault['renderRotation']> {
  const release = await claimRelease(context.database, request.release, context.clock.now());
  if (release?.purpose !== 'rotation' || release.attempt === null) return { ok: false, why: 'not-granted' };
  const rotation = await findRotation(context.database, {
    attempt: release.attempt,
    device: release.device,
    version: release.version,
    command: request.command,
  });
  if (rotation === null) return { ok: false, why: 'not-permitted' };
  const key = await openVersion(context, release);
  if (key === null) return { ok: false, why: 'unreadable' };
  const bytes = key.expose();
  try {
    const command = rotateFileVaultKeyCommand({
      uuid: request.command.toUpperCase(),
      currentRecoveryKey: bytes.toString('ascii'),
      replyCertificate: rotation.certificate,
    });
    return { ok: true, command };
  } finally {
    bytes.fill(0);
    key.wipe();
  }
}

async function openVersion({ keys }: VaultContext, release: ClaimedRelease): Promise<Secret | null> {
  if (isTombstone(release.sealed)) return null;
  const binding = keyBinding(release.device, release.version, release.versionClass);
  return open(sealedFromBytes(release.sealed), binding, keys);
}
