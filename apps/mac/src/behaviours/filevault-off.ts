import { answers, type Behaviour } from './behaviour.ts';

/** Reports FileVault as off; a rotation fails. */
export const filevaultOff: Behaviour = { ...answers, name: 'filevault-off', looksUnencrypted: true };
