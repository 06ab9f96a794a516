import { EnrollmentError } from '../enrollment.ts';
import { withNewRecoveryKey } from '../file-vault.ts';
import type { MacState } from '../mac-state.ts';
import { dataOf } from '../plist-fields.ts';
import {
  type InstalledProfile,
  ProfileError,
  payloadsOfType,
  type ReadProfile,
  readProfile,
} from '../profile.ts';
import { ScepError } from '../scep/scep-error.ts';
import {
  acknowledged,
  type Carried,
  type CommandContext,
  type CommandHandler,
  errorResult,
} from './command.ts';

/** Adds a profile or replaces the one with its identifier. */
export const installProfile: CommandHandler = async (fields, context) => {
  const payload = dataOf(fields, 'Payload');
  if (payload === null) return refused(1000, 'The profile is missing.');
  try {
    return await install(readProfile(payload), context);
  } catch (error) {
    if (error instanceof ProfileError) return refused(1000, `The profile is invalid (${error.kind}).`);
    if (error instanceof ScepError || error instanceof EnrollmentError) {
      return refused(4001, `The enrollment could not be renewed (${error.kind}).`);
    }
    throw error;
  }
};

async function install(read: ReadProfile, context: CommandContext): Promise<Carried> {
  if (payloadsOfType(read.payloads, 'com.apple.mdm').length > 0) {
    return { result: acknowledged(), state: await context.renew(read) };
  }
  const others = context.state.profiles.filter(
    (installed) => installed.identifier !== read.profile.identifier,
  );
  const conflict = onlyOnePerMac(others, read.profile);
  if (conflict !== null) return refused(4001, `Only one payload of type ${conflict} may be installed.`);
  const state = { ...context.state, profiles: [...others, read.profile] };
  return { result: acknowledged(), state: silentlyEscrowed(state, read.profile, context) };
}

const SINGLE_TYPES = ['com.apple.security.FDERecoveryKeyEscrow', 'com.apple.MCX.FileVault2'] as const;

const has = (profile: InstalledProfile, type: string): boolean =>
  profile.payloads.some((payload) => payload.type === type);

function onlyOnePerMac(others: readonly InstalledProfile[], added: InstalledProfile): string | null {
  return (
    SINGLE_TYPES.find((type) => has(added, type) && others.some((profile) => has(profile, type))) ?? null
  );
}

function silentlyEscrowed(state: MacState, added: InstalledProfile, context: CommandContext): MacState {
  const makesKey = state.habits.silentReEscrow && added.escrow !== null && state.fileVault.enabled;
  return makesKey ? withNewRecoveryKey(state, context.surroundings) : state;
}

function refused(code: number, text: string): Carried {
  return { result: errorResult('MCProfileErrorDomain', code, text) };
}
