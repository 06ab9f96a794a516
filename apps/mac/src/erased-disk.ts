import { withoutEnrollment } from './enrollment.ts';
import { inventIdentity } from './identity.ts';
import { FILEVAULT_OFF, type MacState } from './mac-state.ts';
import type { Surroundings } from './surroundings.ts';

/** Wiped: no management, no profiles, no FileVault and no key of it. The hardware stays what it is. */
export const withErasedDisk = (state: MacState): MacState => ({
  ...withoutEnrollment(state),
  fileVault: FILEVAULT_OFF,
  profiles: [],
});

/** A repair put another logic board in: another UDID and an empty disk, under the same serial number or another. */
export function withNewLogicBoard(
  state: MacState,
  surroundings: Pick<Surroundings, 'randomBytes'>,
  serialNumber: 'kept' | 'new',
): MacState {
  const board = inventIdentity(surroundings);
  const { identity } = state;
  return {
    ...withErasedDisk(state),
    identity: {
      ...identity,
      udid: board.udid,
      serialNumber: serialNumber === 'kept' ? identity.serialNumber : board.serialNumber,
    },
  };
}
