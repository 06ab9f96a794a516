import type { Device } from '@keyhaven/api-contract/device';
import type { PolicySettings } from '@keyhaven/api-contract/policy';
import type { PersonActor } from '../../kernel/actor.ts';
import { judgeAccess } from '../compliance/compliance.ts';
import { actionsFor } from './actions.ts';
import { concernsOf } from './concerns.ts';
import { type KeySummary, summarizeKey } from './key-summary.ts';
import { isEnrolled, type SeenDevice } from './seen-device.ts';
import { showAttempt } from './show-attempt.ts';

/** A Mac in the shape of the API, as this caller may see it. Never a key. */
export function showDevice(
  mac: SeenDevice,
  actor: PersonActor,
  policy: Pick<PolicySettings, 'gracePeriodDays'>,
  now: Date,
): Device {
  const key = summarizeKey(mac);
  return {
    id: mac.id,
    name: mac.name,
    serialNumber: mac.serialNumber,
    model: mac.model,
    osVersion: mac.osVersion,
    ownership: mac.ownership,
    owner: { id: mac.ownerId, name: mac.ownerName, email: mac.ownerEmail },
    encryption: {
      enabled: mac.encryptionEnabled,
      hasPersonalRecoveryKey: mac.hasPersonalRecoveryKey,
      reportedAt: iso(mac.encryptionReportedAt),
    },
    recoveryKey: {
      state: key.state,
      version: key.key?.version ?? null,
      storedAt: iso(key.key?.storedAt ?? null),
      provenAt: iso(key.key?.provenAt ?? null),
      source: key.key?.source ?? null,
    },
    attempt: mac.attempt === null ? null : showAttempt(mac.attempt, mac, actor),
    access: accessOf(mac, key, policy, now),
    lastContactAt: iso(mac.lastContactAt),
    enrollment: { state: enrollmentOf(mac) },
    fileVaultProfile: mac.profileState,
    concerns: [...concernsOf(mac, now)],
    ...forIt(mac, actor),
    actions: [...actionsFor(mac, actor)],
  };
}

/** What only IT is told of a Mac. */
function forIt(
  { otherEscrowProfile, profileRefusal, claimsDeviceId }: SeenDevice,
  actor: PersonActor,
): Pick<Device, 'otherEscrowProfile' | 'fileVaultProfileRefusal' | 'claimsDeviceId'> {
  return actor.permissions.has('device:read')
    ? { otherEscrowProfile, fileVaultProfileRefusal: profileRefusal, claimsDeviceId }
    : { otherEscrowProfile: null, fileVaultProfileRefusal: null, claimsDeviceId: null };
}

function accessOf(
  mac: SeenDevice,
  { state, key, doubtfulSince }: KeySummary,
  policy: Pick<PolicySettings, 'gracePeriodDays'>,
  now: Date,
): Device['access'] {
  const facts = {
    enrolled: isEnrolled(mac),
    hasLeft: mac.removedAt !== null || mac.enrollmentState === 'ended',
    enrolledAt: mac.enrolledAt,
    encrypted: mac.encryptionEnabled,
    recoveryKey: state,
    proved: (key?.provenAt ?? null) !== null,
    doubtfulSince,
  };
  const verdict = judgeAccess(facts, policy, now);
  return { state: verdict.state, until: iso(verdict.until), reasons: [...verdict.reasons] };
}

/** A Mac that was removed, or refused in quarantine, is told to leave; for everybody here it has left. */
function enrollmentOf(mac: SeenDevice): Device['enrollment']['state'] {
  if (mac.removedAt !== null) return 'ended';
  if (mac.quarantinedAt !== null) return 'quarantined';
  switch (mac.enrollmentState) {
    case 'offered':
    case 'authenticated':
      return 'waiting';
    case 'active':
    case 'quarantined':
      return mac.enrollmentState;
    case 'ended':
    case null:
      return 'ended';
  }
}

const iso = (at: Date | null): string | null => at?.toISOString() ?? null;
