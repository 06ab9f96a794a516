import type { EnrollmentId } from '../../kernel/id.ts';
import { done, type Runner, refuse, runWrite } from '../../kernel/verb.ts';
import type { Tx } from '../../platform/db/database.ts';
import type { ScepAnswer, Vault } from '../../vault/vault.ts';
import { bindCertificate } from './identities.store.ts';

/**
 * One PKIOperation. The certificate is bound to its enrollment before the Mac gets it; of two requests at the same
 * time, the loser is answered again from what the winner bound.
 */
export async function answerScep(
  { runner, vault }: { readonly runner: Runner<Tx>; readonly vault: Vault },
  enrollment: EnrollmentId,
  message: Buffer,
): Promise<ScepAnswer> {
  const answer = await vault.answerScep(enrollment, message);
  if (answer.kind !== 'issued' || answer.repeated) return answer;
  const actor = { kind: 'mac', enrollment, device: null } as const;
  const bound = await runWrite(runner, actor, async ({ tx }) => {
    if (!(await bindCertificate(tx, answer))) return refuse({ kind: 'forbidden' });
    return done(null, { action: 'enrollment.certificate-issued', detail: { enrollment } });
  });
  return bound.ok ? answer : vault.answerScep(enrollment, message);
}
