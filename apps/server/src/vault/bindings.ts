import type { Ownership } from '@keyhaven/api-contract/device';
import type { Binding } from '@keyhaven/sealing/binding';
import type { AnswerId, DeviceId, EnrollmentId, EscrowKeyId, EventId, KeyVersionId } from '../kernel/id.ts';

// What each sealed record belongs to. A row moved to another Mac, version or class does not open.

export const keyBinding = (device: DeviceId, version: KeyVersionId, ownershipClass: Ownership): Binding => ({
  purpose: 'recovery-key',
  ownershipClass,
  device,
  version,
});

export const escrowKeyBinding = (device: DeviceId, key: EscrowKeyId, ownershipClass: Ownership): Binding => ({
  purpose: 'escrow-private-key',
  ownershipClass,
  device,
  version: key,
});

export const answerBinding = (device: DeviceId, answer: AnswerId, ownershipClass: Ownership): Binding => ({
  purpose: 'device-answer',
  ownershipClass,
  device,
  version: answer,
});

/** Of a message that came through another MDM server: before it is heard, only its enrollment is known. */
export const eventBinding = (
  enrollment: EnrollmentId,
  event: EventId,
  ownershipClass: Ownership,
): Binding => ({
  purpose: 'device-answer',
  ownershipClass,
  device: `enrollment ${enrollment}`,
  version: event,
});

export const integrationBinding = (id: string): Binding => ({
  purpose: 'integration-secret',
  ownershipClass: 'system',
  device: '',
  version: id,
});

export const systemBinding = (purpose: 'device-ca' | 'profile-signing-key', id: string): Binding => ({
  purpose,
  ownershipClass: 'system',
  device: '',
  version: id,
});

/** `key` is the id of the certificate, of the request, or of the pair for an encrypted answer. */
export const pushKeyBinding = (key: string): Binding => ({
  purpose: 'push-certificate-key',
  ownershipClass: 'system',
  device: '',
  version: key,
});
