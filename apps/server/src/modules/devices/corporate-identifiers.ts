import type { PersonActor } from '../../kernel/actor.ts';
import type { Refusal } from '../../kernel/refusal.ts';
import type { Result } from '../../kernel/result.ts';
import { done, type Runner, refuse, runWrite } from '../../kernel/verb.ts';
import type { Tx } from '../../platform/db/database.ts';
import { addIdentifiers, removeIdentifiers } from './corporate-identifiers.store.ts';

/**
 * IT says which serial numbers are company-owned Macs. It holds for Macs that enroll from then on: a Mac that is here
 * already changes hands only by a change of its ownership, of which its owner is told.
 */
export async function changeIdentifiers(
  runner: Runner<Tx>,
  actor: PersonActor,
  change: 'add' | 'remove',
  serialNumbers: readonly string[],
): Promise<Result<number, Refusal>> {
  return runWrite(runner, actor, async ({ tx, now }) => {
    if (!actor.permissions.has('device:write')) return refuse({ kind: 'forbidden' });
    const changed =
      change === 'add'
        ? await addIdentifiers(tx, serialNumbers, actor.person, now)
        : await removeIdentifiers(tx, serialNumbers);
    const detail = { change, given: serialNumbers.length, changed };
    return done(changed, { action: 'corporate-identifiers.changed', detail });
  });
}
