import type { PolicySettings } from '@keyhaven/api-contract/policy';
import type { PersonActor } from '../../kernel/actor.ts';
import type { PolicyId } from '../../kernel/id.ts';
import { ok } from '../../kernel/result.ts';
import { done, refuse, type Verb } from '../../kernel/verb.ts';
import type { Tx } from '../../platform/db/database.ts';
import { findPolicy, replaceSettings } from './policy.store.ts';
import { altersProfile, withImplied } from './policy-settings.ts';

type Input = {
  readonly policy: PolicyId;
  /** The version that the change was made from. */
  readonly version: number;
  readonly settings: PolicySettings;
};

/** Gives a policy its next version. Where that alters the profile, a timer brings it to the Macs, a share at a time. */
export const changePolicy: Verb<Tx, object, PersonActor, Input, null, null, null> = {
  prepare: async () => ok(null),
  async write({ tx, actor, input, now }) {
    if (!actor.permissions.has('policy:write')) return refuse({ kind: 'forbidden' });
    const before = await findPolicy(tx, input.policy);
    if (before === null) return refuse({ kind: 'not-found' });
    const settings = withImplied(input.settings);
    const alters = altersProfile(withImplied(before.settings), settings);
    const from = { id: before.id, version: input.version };
    if (!(await replaceSettings(tx, from, { settings, altersProfile: alters }, now))) {
      return refuse({ kind: 'changed-meanwhile' });
    }
    return done(null, {
      action: 'policy.changed',
      detail: {
        name: before.name,
        version: input.version + 1,
        altersProfile: alters,
        before: JSON.stringify(before.settings),
        after: JSON.stringify(settings),
      },
    });
  },
  after: async () => null,
};
