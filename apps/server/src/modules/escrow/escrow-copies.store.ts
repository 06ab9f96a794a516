import { sql } from 'kysely';
import type { CommandId, EnrollmentId, KeyVersionId } from '../../kernel/id.ts';
import type { Tx } from '../../platform/db/database.ts';

/** Notes what the escrow copy of this generation holds, unless the answer to a later question has said so already. */
export async function noteEscrowCopy(
  tx: Tx,
  enrollment: EnrollmentId,
  version: KeyVersionId,
  question: CommandId,
): Promise<void> {
  await sql`insert into escrow_copies (enrollment_id, key_version_id, question_sequence)
    select ${enrollment}, ${version}, sequence from commands where id = ${question}
    on conflict (enrollment_id) do update set key_version_id = excluded.key_version_id,
      question_sequence = excluded.question_sequence
    where escrow_copies.question_sequence <= excluded.question_sequence`.execute(tx);
}

/** What it held was told by somebody who may not be the one who speaks now. */
export async function forgetEscrowCopy(tx: Tx, enrollment: EnrollmentId): Promise<void> {
  await sql`delete from escrow_copies where enrollment_id = ${enrollment}`.execute(tx);
}

/** The version that the newest escrow copy of this generation holds, or null. */
export async function findEscrowCopy(tx: Tx, enrollment: EnrollmentId): Promise<KeyVersionId | null> {
  const { rows } = await sql<{ version: KeyVersionId }>`
    select key_version_id as version from escrow_copies where enrollment_id = ${enrollment}`.execute(tx);
  return rows[0]?.version ?? null;
}
