import { expect, it } from 'vitest';
import { type ManagementFacts, managementConcerns } from './concerns.ts';
import { seenMac, somebody, theOwner } from './seen-mac.fixture.ts';
import { showDevice } from './show-device.ts';

const fine: ManagementFacts = { userApproved: true, userEnrollment: false, otherEscrowProfile: null };

it('a Mac is odd by what it says, not by what it has not said', () => {
  expect(managementConcerns(fine)).toEqual([]);
  expect(managementConcerns({ ...fine, userApproved: null, userEnrollment: null })).toEqual([]);
  expect(managementConcerns({ ...fine, userApproved: false })).toEqual(['not-user-approved']);
  expect(managementConcerns({ ...fine, userEnrollment: true })).toEqual(['user-enrollment']);
  expect(managementConcerns({ ...fine, otherEscrowProfile: 'Old' })).toEqual(['other-escrow-profile']);
});

it('the name of another profile is for IT only', () => {
  const mac = seenMac({ otherEscrowProfile: 'Old management' });
  const shown = (actor: Parameters<typeof showDevice>[1]) =>
    showDevice(mac, actor, { gracePeriodDays: 14 }, new Date('2026-11-02')).otherEscrowProfile;
  expect(shown(somebody('read-only'))).toBe('Old management');
  expect(shown(theOwner())).toBeNull();
});
