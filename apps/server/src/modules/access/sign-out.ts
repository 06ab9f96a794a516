import type { PersonActor } from '../../kernel/actor.ts';
import type { Refusal } from '../../kernel/refusal.ts';
import type { Result } from '../../kernel/result.ts';
import { done, type Runner, runWrite } from '../../kernel/verb.ts';
import type { Tx } from '../../platform/db/database.ts';
import { endSession } from './access.store.ts';

/** Ends this person's session on the server: its token opens nothing from here on. */
export async function signOut(runner: Runner<Tx>, actor: PersonActor): Promise<Result<boolean, Refusal>> {
  return await runWrite(runner, actor, async ({ tx, now }) => {
    const ended = await endSession(tx, actor.session, now);
    return done(ended, { action: 'person.signed-out', detail: { session: actor.session } });
  });
}
