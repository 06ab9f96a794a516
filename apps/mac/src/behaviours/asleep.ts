import { answers, type Behaviour } from './behaviour.ts';

/** The lid is closed: pushes do not wake it. */
export const asleep: Behaviour = { ...answers, name: 'asleep', hearsPushes: false };
