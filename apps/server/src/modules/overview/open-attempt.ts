import { type AttemptState, openStates, publicState, step } from '../escrow/attempt.ts';

export const isOpen = (state: AttemptState): boolean => openStates.some((open) => open === state);

/** The Mac may have rotated, and we do not hold the new key. */
export const isUncertain = (state: AttemptState): boolean => publicState[state] === 'uncertain';

/** Whether a new store takes over from an attempt in this state; so it does where none is open. */
export const givesWay = (state: AttemptState): boolean =>
  !isOpen(state) || step(state, { kind: 'newer-store' }).to !== 'refused';
