import { readCertificate } from './certificate.ts';
import { envelop } from './cms/enveloped-data.ts';
import type { MacState } from './mac-state.ts';
import type { EscrowPayload } from './profile.ts';
import { makeRecoveryKey } from './recovery-key.ts';
import type { Surroundings } from './surroundings.ts';

/** The escrow payload in force; a Mac has at most one. */
export function escrowOf(state: MacState): EscrowPayload | null {
  return state.profiles.find((profile) => profile.escrow !== null)?.escrow ?? null;
}

/**
 * FileVault on with a new personal key. The escrow copy is rewritten where an escrow payload is installed;
 * without one the file of earlier days stays as it was.
 */
export function withNewRecoveryKey(state: MacState, surroundings: Surroundings): MacState {
  const currentRecoveryKey = makeRecoveryKey(surroundings.randomBytes);
  const escrow = escrowOf(state);
  const copy = (certificate: Buffer): Buffer =>
    envelop(Buffer.from(currentRecoveryKey, 'utf8'), readCertificate(certificate), state.habits.envelope);
  return {
    ...state,
    fileVault: {
      enabled: true,
      currentRecoveryKey,
      earlierRecoveryKeys: earlierKeys(state),
      escrowCopy: escrow === null ? state.fileVault.escrowCopy : copy(escrow.certificate),
    },
  };
}

/** FileVault off: the key opens nothing any more and the escrow copy is gone. */
export function withFileVaultOff(state: MacState): MacState {
  return {
    ...state,
    fileVault: {
      enabled: false,
      currentRecoveryKey: null,
      earlierRecoveryKeys: earlierKeys(state),
      escrowCopy: null,
    },
  };
}

function earlierKeys(state: MacState): readonly string[] {
  const { currentRecoveryKey, earlierRecoveryKeys } = state.fileVault;
  return currentRecoveryKey === null ? earlierRecoveryKeys : [...earlierRecoveryKeys, currentRecoveryKey];
}
