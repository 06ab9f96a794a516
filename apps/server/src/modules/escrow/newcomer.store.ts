import { sql } from 'kysely';
import type { CommandId } from '../../kernel/id.ts';
import type { Executor } from '../../platform/db/named-statements.ts';

/** The intent of the first question to whoever speaks under a generation that began once more. */
export const newcomerQuestion = { asks: 'newcomer' } as const;

/** Whether this command is older than that question: its answer is the word of whoever spoke before. */
export async function isFromBefore(executor: Executor, command: CommandId): Promise<boolean> {
  const { rows } = await sql<{ before: boolean }>`
    select exists (select from commands c join commands n on n.enrollment_id = c.enrollment_id
      and n.device_id = c.device_id and n.sequence > c.sequence
      where c.id = ${command} and n.intent ->> 'asks' = ${newcomerQuestion.asks}) as before`.execute(
    executor,
  );
  return rows[0]?.before ?? false;
}
