import { hours } from '../../kernel/clock.ts';
import type { EnrollmentId } from '../../kernel/id.ts';
import { done, type Runner, refuse, runWrite } from '../../kernel/verb.ts';
import type { Database, Tx } from '../../platform/db/database.ts';
import type { Executor } from '../../platform/db/named-statements.ts';
import * as store from './policy.store.ts';
import { defaultSettings, type Policy, type ProfileState } from './policy-settings.ts';
import { findProfileState } from './profiles.store.ts';

/** The policy of every Mac, made at the first start. */
export async function ensureDefaultPolicy(runner: Runner<Tx>): Promise<void> {
  await runWrite(runner, { kind: 'system', name: 'Keyhaven' }, async ({ tx, now, ids }) => {
    const policy = { id: ids.next<'policy'>(), name: 'Default', settings: defaultSettings };
    if (!(await store.insertPolicy(tx, policy, now))) return refuse({ kind: 'forbidden' });
    return done(null, { action: 'policy.created', detail: { name: policy.name, version: 1 } });
  });
}

/** The policy that applies. Throws before the first start has made one. */
export async function effectivePolicy(executor: Database | Tx): Promise<Policy> {
  const policy = await store.findDefaultPolicy(executor);
  if (policy === null) throw new Error('there is no policy');
  return policy;
}

/**
 * How far this generation's profile has come; acknowledged also while a replacement waits or was refused. Without
 * `acknowledged` no key is ever rotated (escrow.md).
 */
export const profileState = (executor: Executor, enrollment: EnrollmentId): Promise<ProfileState> =>
  findProfileState(executor, enrollment);

/** Milliseconds after which an attempt that waits for its Mac has failed. */
export const unreachableAfter = (policy: Policy): number =>
  hours(policy.settings.deviceUnreachableAfterHours);
