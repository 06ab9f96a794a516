import type { AttemptId, CommandId, DeviceId, EnrollmentId } from '../../kernel/id.ts';
import type { Tx } from '../../platform/db/database.ts';
import type { Command } from '../commands/command.ts';
import { queueCommand } from '../commands/queue.ts';
import type { Wake } from '../commands/transport.port.ts';
import type { AttemptState } from './attempt.ts';

/** A SecurityInfo that an attempt waits for. Its phase says what the answer decides. */
export type SurveyPhase = 'baseline' | 'explain' | 'settle';

const phaseOf: Readonly<Partial<Record<AttemptState, SurveyPhase>>> = {
  waiting: 'baseline',
  explaining: 'explain',
  uncertain: 'settle',
  redelivered: 'settle',
  stuck: 'settle',
};

export const phaseFor = (state: AttemptState): SurveyPhase | null => phaseOf[state] ?? null;

/** Whether this command was asked for this attempt, and for the state that it is in now. */
export const isSurveyOf = (
  command: Command,
  attempt: { readonly id: AttemptId; readonly state: AttemptState },
): boolean => command.intent['attempt'] === attempt.id && command.intent['phase'] === phaseFor(attempt.state);

/** Asks the Mac, under a new CommandUUID, what a step of this attempt needs to know. */
export async function queueSurvey(
  tx: Tx,
  wake: Wake,
  survey: {
    readonly id: CommandId;
    readonly device: DeviceId;
    readonly enrollment: EnrollmentId;
    readonly attempt: AttemptId;
    readonly phase: SurveyPhase;
    readonly wakeAt?: Date;
  },
  now: Date,
): Promise<void> {
  const { attempt, phase, ...command } = survey;
  await queueCommand(tx, wake, { ...command, kind: 'SecurityInfo', intent: { attempt, phase } }, now);
}
