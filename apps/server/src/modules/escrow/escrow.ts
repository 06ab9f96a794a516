import type { DeviceId, Ids } from '../../kernel/id.ts';
import type { Tx } from '../../platform/db/database.ts';
import type { Executor } from '../../platform/db/named-statements.ts';
import type { CommandHandler } from '../commands/commands.ts';
import { simpleCommand } from '../commands/simple-command.ts';
import type { EnrollmentReactions } from '../devices/devices.ts';
import type { EscrowContext } from './context.ts';
import { findVersions, type KeyVersionRow } from './escrow.store.ts';
import { onEnrollmentEnded } from './on-enrollment-ended.ts';
import { onEnrollmentRepeated } from './on-enrollment-repeated.ts';
import { onRotationAnswer } from './on-rotation-answer.ts';
import { onSecurityInfo } from './on-security-info.ts';
import { onRotationLost, onRotationNotRepeated, onRotationPutOff, onSurveyLost } from './while-waiting.ts';

/** What escrow does about the two commands that carry keys. */
export function escrowHandlers(context: EscrowContext): {
  readonly SecurityInfo: CommandHandler;
  readonly RotateFileVaultKey: CommandHandler;
} {
  return {
    SecurityInfo: {
      render: simpleCommand,
      onAnswer: (answered) => onSecurityInfo(context, answered),
      onLost: (command) => onSurveyLost(context, command),
    },
    RotateFileVaultKey: {
      // A rotation is never taken from the queue; it is rendered by the vault, in the reply to a fresh survey.
      render: async () => null,
      onAnswer: (answered) => onRotationAnswer(context, answered),
      onPutOff: (command) => onRotationPutOff(context, command),
      onLost: (command) => onRotationLost(context, command),
      onNotRepeated: (command) => onRotationNotRepeated(context, command),
    },
  };
}

/** What escrow does when a generation ends. */
export const escrowOnEnded =
  (context: EscrowContext, ids: Ids): EnrollmentReactions['onEnded'] =>
  (tx: Tx, change) =>
    onEnrollmentEnded(context, tx, change, ids);

/** What escrow does when a live generation begins once more and nobody shows us by whom. */
export const escrowOnRepeated =
  (context: EscrowContext, ids: Ids): NonNullable<EnrollmentReactions['onRepeated']> =>
  (tx: Tx, change) =>
    onEnrollmentRepeated(context, tx, change, ids);

/** Every version of a Mac's key, newest first; never their bytes. */
export const keyVersionsOf = (executor: Executor, device: DeviceId): Promise<readonly KeyVersionRow[]> =>
  findVersions(executor, device);
