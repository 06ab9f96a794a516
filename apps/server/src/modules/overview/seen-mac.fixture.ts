import type { PersonActor } from '../../kernel/actor.ts';
import { randomIds } from '../../kernel/id.ts';
import { permissionsOfRoles, type Role } from '../../kernel/permission.ts';
import type { AttemptState } from '../escrow/attempt.ts';
import type { SeenAttempt, SeenDevice, SeenKey } from './seen-device.ts';

export const owner = randomIds.next<'person'>();
export const somebody = (...roles: readonly Role[]): PersonActor =>
  actorOf(randomIds.next<'person'>(), roles);
export const theOwner = (...roles: readonly Role[]): PersonActor => actorOf(owner, roles);

const actorOf = (person: PersonActor['person'], roles: readonly Role[]): PersonActor => ({
  kind: 'person',
  person,
  session: randomIds.next<'session'>(),
  name: 'Emma',
  email: 'emma@example.com',
  permissions: permissionsOfRoles(roles),
  authenticatedAt: null,
});

const at = new Date('2026-11-01T12:00:00Z');

export const seenKey = (state: SeenKey['state'], version: number): SeenKey => ({
  state,
  version,
  source: 'rotation',
  storedAt: new Date(at.getTime() + version * 1000),
  provenAt: state === 'current' ? at : null,
});

export const seenAttempt = (state: AttemptState): SeenAttempt => ({
  id: randomIds.next<'attempt'>(),
  kind: 'rotate',
  state,
  reason: state === 'failed' ? 'wrong-key' : null,
  startedAt: at,
  startedByName: 'Emma',
  deliveredAt: state === 'waiting' ? null : at,
  endedAt: state === 'saved' || state === 'failed' ? at : null,
  deviceWords: 'MCMDMErrorDomain 12021',
});

/** An enrolled, encrypted personal Mac with a current key. */
export const seenMac = (change: Partial<SeenDevice> = {}): SeenDevice => ({
  id: randomIds.next<'device'>(),
  name: 'Mac',
  serialNumber: 'C02',
  model: 'MacBook Air',
  osVersion: '26.1',
  ownership: 'personal',
  ownerId: owner,
  ownerName: 'Emma',
  ownerEmail: 'emma@example.com',
  encryptionEnabled: true,
  hasPersonalRecoveryKey: true,
  encryptionReportedAt: at,
  lastContactAt: at,
  removedAt: null,
  quarantinedAt: null,
  enrollmentState: 'active',
  enrolledAt: at,
  serialNumberShared: false,
  certificateSharedAt: null,
  certificateEndsAt: null,
  pushRefusedAt: null,
  restoredAt: null,
  profileState: 'acknowledged',
  userApproved: true,
  userEnrollment: false,
  otherEscrowProfile: null,
  profileRefusal: null,
  claimsDeviceId: null,
  attempt: null,
  keys: [seenKey('current', 1)],
  hasShowable: true,
  hasCorporateShowable: false,
  ...change,
});
