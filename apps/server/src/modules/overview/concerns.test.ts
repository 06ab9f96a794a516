import { expect, test } from 'vitest';
import { concernsOf } from './concerns.ts';
import { seenMac, somebody, theOwner } from './seen-mac.fixture.ts';
import { showDevice } from './show-device.ts';

const now = new Date('2026-11-22T12:00:00Z');
const ago = (days: number): Date => new Date(now.getTime() - days * 86_400_000);
const well = {
  enrollmentState: 'active',
  removedAt: null,
  quarantinedAt: null,
  lastContactAt: ago(1),
  serialNumberShared: false,
  certificateSharedAt: null,
  certificateEndsAt: ago(-100),
  pushRefusedAt: null,
  restoredAt: null,
  userApproved: true,
  userEnrollment: false,
  otherEscrowProfile: null,
  profileRefusal: null,
  claimsDeviceId: null,
} as const;

test('a Mac that is well has nothing odd', () => {
  expect(concernsOf(well, now)).toEqual([]);
});

test.each([
  ['silent', { lastContactAt: ago(15) }],
  ['certificate-expired', { certificateEndsAt: ago(1) }],
  ['certificate-shared', { certificateSharedAt: ago(1) }],
  ['restored', { restoredAt: ago(1) }],
  ['serial-number-shared', { serialNumberShared: true }],
  ['push-refused', { pushRefusedAt: ago(1) }],
  ['not-user-approved', { userApproved: false }],
  ['user-enrollment', { userEnrollment: true }],
  ['other-escrow-profile', { otherEscrowProfile: 'Old' }],
] as const)('%s is told', (concern, change) => {
  expect(concernsOf({ ...well, ...change }, now)).toEqual([concern]);
});

test('a Mac is odd by what it says, not by what it has not said', () => {
  expect(concernsOf({ ...well, userApproved: null, userEnrollment: null }, now)).toEqual([]);
});

test('a Mac whose certificate has ended is silent for that reason, and not twice', () => {
  expect(concernsOf({ ...well, certificateEndsAt: ago(1), lastContactAt: ago(30) }, now)).toEqual([
    'certificate-expired',
  ]);
});

test('of a Mac that has left nothing is odd', () => {
  const odd = { ...well, restoredAt: ago(1) };
  expect(concernsOf({ ...odd, enrollmentState: 'ended' }, now)).toEqual([]);
  expect(concernsOf({ ...odd, removedAt: ago(1) }, now)).toEqual([]);
});

test('the gravest comes first', () => {
  const many = { ...well, pushRefusedAt: ago(1), certificateSharedAt: ago(1), lastContactAt: ago(20) };
  expect(concernsOf(many, now)).toEqual(['certificate-shared', 'push-refused', 'silent']);
});

test('what the Mac said of our profile, and which Mac it claims to be, is for IT only', () => {
  const claimsDeviceId = seenMac().id;
  const mac = seenMac({ profileRefusal: 'No', claimsDeviceId });
  const shown = (actor: Parameters<typeof showDevice>[1]) =>
    showDevice(mac, actor, { gracePeriodDays: 14 }, now);
  expect(shown(somebody('read-only'))).toMatchObject({ fileVaultProfileRefusal: 'No', claimsDeviceId });
  expect(shown(theOwner())).toMatchObject({ fileVaultProfileRefusal: null, claimsDeviceId: null });
});

test('the name of another profile is for IT only', () => {
  const mac = seenMac({ otherEscrowProfile: 'Old management' });
  const shown = (actor: Parameters<typeof showDevice>[1]) =>
    showDevice(mac, actor, { gracePeriodDays: 14 }, now).otherEscrowProfile;
  expect(shown(somebody('read-only'))).toBe('Old management');
  expect(shown(theOwner())).toBeNull();
});
