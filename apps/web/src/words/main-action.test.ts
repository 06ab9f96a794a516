import type { Attempt } from '@keyhaven/api-contract/attempt';
import type { Device, DeviceAction } from '@keyhaven/api-contract/device';
import { describe, expect, test } from 'vitest';
import { mainActionOf } from './main-action.ts';

const all: readonly DeviceAction[] = ['store', 'reveal', 'rotate', 'check-status', 'rename', 'remove'];
const at = '2026-11-20T12:00:00Z';
const attempt = (change: Partial<Attempt>): Attempt => ({
  id: '0b0f6a34-6f0b-4a43-9c39-27ab0f2f6d10',
  kind: 'store',
  state: 'failed',
  reason: 'wrong-key',
  startedAt: at,
  endedAt: at,
  lastContactAt: at,
  startedBy: 'Jo Doe',
  advice: null,
  deviceError: null,
  ...change,
});
const main = (state: Device['recoveryKey']['state'], newest: Attempt | null, actions = all) =>
  mainActionOf({
    recoveryKey: { state, version: null, storedAt: null, provenAt: null, source: null },
    encryption: { enabled: true, hasPersonalRecoveryKey: true, reportedAt: at },
    enrollment: { state: 'active' },
    fileVaultProfile: 'acknowledged',
    attempt: newest,
    actions: [...actions],
  });

describe('the one main action', () => {
  test('follows the state of the key', () => {
    expect(main('none', null)).toBe('store');
    expect(main('current', null)).toBe('reveal');
    expect(main('unproven', null)).toBe('rotate');
  });

  test('is the next step of a failure while that is the newest attempt', () => {
    expect(main('none', attempt({}))).toBe('store');
    expect(main('current', attempt({ kind: 'rotate', reason: 're-enrolled' }))).toBe('rotate');
    expect(main('none', attempt({ reason: 'device-unreachable' }))).toBe('check-status');
  });

  test('gives way to the contact card when only IT can help', () => {
    expect(main('none', attempt({ reason: 'policy-missing' }))).toBeNull();
    expect(main('current', attempt({ reason: 'device-error' }))).toBeNull();
  });

  test('is storing again when only a new key made at the Mac can help', () => {
    expect(
      main('uncertain', attempt({ state: 'uncertain', reason: null, advice: 'make-new-key-at-mac' })),
    ).toBe('store');
  });

  test('is never removing or renaming, and never one the caller may not take', () => {
    for (const state of ['none', 'candidate', 'current', 'unproven', 'uncertain'] as const) {
      expect(main(state, null, ['remove', 'rename'])).toBeNull();
      expect(main(state, null, ['remove', 'check-status'])).not.toBe('remove');
    }
  });
});
