import { type PolicySettings, policySettings } from '@keyhaven/api-contract/policy';
import { parsePlist } from '@keyhaven/apple-mdm/plist';
import { dictOf } from '@keyhaven/apple-mdm/plist/access';
import { fileVaultProfile } from '@keyhaven/apple-mdm/profiles/filevault-profile';
import { payloadOfType, readProfile } from '@keyhaven/apple-mdm/profiles/read-profile';
import { checkAgainstSchema } from '@keyhaven/apple-mdm/schema/check';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { altersProfile, completed, defaultSettings, withImplied } from './policy-settings.ts';

type FileVault = PolicySettings['fileVault'];
const { fileVault } = defaultSettings;

const bool = [true, false] as const;
/** Every combination of what can be on or off, with the ends of what has a range. */
function combinations(): readonly FileVault[] {
  let all: readonly FileVault[] = [-1, 0, 9999].map((bypassAttempts) => ({ ...fileVault, bypassAttempts }));
  for (const name of [
    'enable',
    'defer',
    'dontAskAtUserLogout',
    'showRecoveryKey',
    'forceEnableInSetupAssistant',
    'dontAllowDisable',
  ] as const) {
    all = all.flatMap((settings) => bool.map((value) => ({ ...settings, [name]: value })));
  }
  return all.flatMap((settings) => [settings, { ...settings, deviceKey: 'Asset 7' }]);
}

const names = (part: string): { readonly identifier: string; readonly uuid: string } => ({
  identifier: `org.example.${part}`,
  uuid: '00000000-0000-4000-8000-000000000001',
});
const profileOf = (settings: FileVault): Buffer =>
  fileVaultProfile(settings, {
    ...names('profile'),
    displayName: 'FileVault',
    organization: 'Example',
    description: 'Keeps the recovery key.',
    escrowCertificate: Buffer.from('certificate'),
    payloads: {
      fileVault: names('enable'),
      escrow: names('escrow'),
      certificate: names('certificate'),
      options: names('options'),
    },
  });
const isAllowed = (settings: unknown): boolean => policySettings.safeParse(settings).success;

describe('the settings of a policy', () => {
  it('that are allowed make a profile that agrees with Apple’s schema, in every combination', () => {
    let made = 0;
    for (const each of combinations()) {
      const settings = { ...defaultSettings, fileVault: each };
      if (!isAllowed(settings)) continue;
      const profile = profileOf(withImplied(settings).fileVault);
      expect(checkAgainstSchema('profile', 'Configuration', dictOf(parsePlist(profile)) ?? {})).toEqual([]);
      const payload = payloadOfType(readProfile(profile), 'com.apple.MCX.FileVault2');
      expect(payload === undefined).toBe(!each.enable);
      // Without Defer a Mac wants a name and password.
      if (payload !== undefined) expect(payload['Defer']).toBe(true);
      made += 1;
    }
    expect(made).toBe(336);
  });

  it('force implies defer, and turning FileVault on without either is refused', () => {
    for (const each of combinations()) {
      const settings = { ...defaultSettings, fileVault: each };
      const { enable, defer, forceEnableInSetupAssistant: force } = each;
      expect(isAllowed(settings)).toBe(!enable || defer || force);
      if (force) expect(withImplied(settings).fileVault.defer).toBe(true);
    }
  });

  it('hold any one line of text that they take, so that every Mac gets its profile', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const settings = { ...defaultSettings, fileVault: { ...fileVault, escrowLocation: text } };
        const parsed = policySettings.safeParse(settings);
        if (!parsed.success) return;
        const payload = payloadOfType(
          readProfile(profileOf(parsed.data.fileVault)),
          'com.apple.security.FDERecoveryKeyEscrow',
        );
        expect(payload).toHaveProperty('Location', text.trim());
      }),
    );
  });

  it('have their limits', () => {
    expect(isAllowed(defaultSettings)).toBe(true);
    for (const [name, refused, taken] of [
      ['rotationIntervalDays', [29, 366, 30.5], [30, 365, null]],
      ['rotateAfterRevealMinutes', [4, 0], [5, null]],
      ['gracePeriodDays', [-1, 366, null], [0, 365]],
      ['deviceUnreachableAfterHours', [0, 721, null], [1, 720]],
      ['somethingElse', [1], []],
    ] as const) {
      for (const value of refused) expect(isAllowed({ ...defaultSettings, [name]: value })).toBe(false);
      for (const value of taken) expect(isAllowed({ ...defaultSettings, [name]: value })).toBe(true);
    }
    for (const change of [
      { bypassAttempts: -2 },
      { bypassAttempts: 10_000 },
      { escrowLocation: '' },
      { escrowLocation: 'two\nlines' },
      { escrowLocation: 'x'.repeat(301) },
      { deviceKey: 'x'.repeat(101) },
      { deviceKey: 'bell\u0007' },
    ])
      expect(isAllowed({ ...defaultSettings, fileVault: { ...fileVault, ...change } })).toBe(false);
  });

  it('that were stored before a setting was there get its default', () => {
    expect(completed({})).toEqual(defaultSettings);
    const stored = { gracePeriodDays: 3, fileVault: { bypassAttempts: 7 } };
    expect(completed(stored)).toEqual({
      ...defaultSettings,
      gracePeriodDays: 3,
      fileVault: { ...fileVault, bypassAttempts: 7 },
    });
  });

  it('alter the profile exactly when something that it shows is another', () => {
    const settingsWith = (change: Partial<FileVault>): PolicySettings => ({
      ...defaultSettings,
      fileVault: { ...fileVault, ...change },
    });
    expect(altersProfile(defaultSettings, { ...defaultSettings, gracePeriodDays: 1 })).toBe(false);
    expect(altersProfile(defaultSettings, settingsWith({}))).toBe(false);
    for (const change of [
      { enable: false },
      { bypassAttempts: 0 },
      { dontAskAtUserLogout: true },
      { showRecoveryKey: true },
      { forceEnableInSetupAssistant: true },
      { dontAllowDisable: false },
      { escrowLocation: 'Elsewhere' },
      { deviceKey: 'Asset 1' },
    ])
      expect(altersProfile(defaultSettings, settingsWith(change))).toBe(true);
  });
});
