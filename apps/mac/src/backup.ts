import type { Remembered } from './mac-memory.ts';
import type { MacState } from './mac-state.ts';

/** A Mac's file system of one day: its identity certificate, profiles and escrow copy, and the result it owed. */
export type Backup = Remembered;

/**
 * The Mac after that file system was put back. What is in the hardware stays: UDID, serial number, and the volume with
 * its recovery key, so that the escrow copy may be that of an older key.
 */
export function withBackup(now: MacState, { state }: Backup): MacState {
  const { udid, serialNumber } = now.identity;
  const token = now.enrollment?.token;
  const replaced = token === undefined || token.equals(state.enrollment?.token ?? Buffer.alloc(0));
  return {
    ...state,
    identity: { ...state.identity, udid, serialNumber },
    fileVault: { ...now.fileVault, escrowCopy: state.fileVault.escrowCopy },
    // APNs forgets nothing: a token given since is no longer listened to.
    formerTokens: replaced ? now.formerTokens : [...now.formerTokens, token].slice(-20),
  };
}
