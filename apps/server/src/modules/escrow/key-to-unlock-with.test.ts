import { expect, it } from 'vitest';
import { randomIds } from '../../kernel/id.ts';
import type { KeyVersionRow } from './escrow.store.ts';
import { chooseKey } from './key-to-unlock-with.ts';

const now = randomIds.next<'enrollment'>();
const before = randomIds.next<'enrollment'>();
const key = (
  version: number,
  state: KeyVersionRow['state'],
  confirmedEnrollment: KeyVersionRow['confirmedEnrollment'] = now,
): KeyVersionRow => ({
  id: randomIds.next<'key-version'>(),
  version,
  state,
  source: state === 'current' ? 'rotation' : 'escrow-copy',
  ownershipClass: 'personal',
  confirmedEnrollment,
  storedAt: new Date(0),
  provenAt: null,
});

it('of keys that stand, the newest unlocks', () => {
  const unproven = key(4, 'unproven');
  expect(chooseKey([key(5, 'superseded'), unproven, key(3, 'current')], now, null)).toBe(unproven);
});

it('a key that only an earlier generation has told gives way to one that this generation has', () => {
  const current = key(3, 'current');
  expect(chooseKey([key(5, 'unproven', before), current], now, null)).toBe(current);
  const only = key(5, 'unproven', before);
  expect(chooseKey([only], now, null)).toBe(only);
});

it('between two that were told by the escrow copy, the one that it said last', () => {
  const earlier = key(4, 'unproven');
  expect(chooseKey([key(5, 'unproven'), earlier], now, earlier.id)).toBe(earlier);
});

it('a copy does not take the place of a newer key that the Mac has handed back itself', () => {
  const current = key(5, 'current');
  const stale = key(4, 'unproven');
  expect(chooseKey([current, stale], now, stale.id)).toBe(current);
});

it('nothing that is superseded, rejected, unreadable or only typed unlocks', () => {
  const versions = [key(4, 'candidate'), key(3, 'unreadable'), key(2, 'rejected'), key(1, 'superseded')];
  for (const { id } of versions) expect(chooseKey(versions, now, id)).toBeNull();
});
