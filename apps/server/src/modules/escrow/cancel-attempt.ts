import type { PersonActor } from '../../kernel/actor.ts';
import type { AttemptId } from '../../kernel/id.ts';
import { ok } from '../../kernel/result.ts';
import { done, refuse } from '../../kernel/verb.ts';
import { type DeviceInput, type DevicePorts, deviceVerb } from '../devices/device-verb.ts';
import { step } from './attempt.ts';
import type { EscrowContext } from './context.ts';
import * as store from './escrow.store.ts';
import { takeStep } from './take-step.ts';

type Input = DeviceInput & { readonly attempt: AttemptId };

/** Takes back an attempt that the Mac has not had yet. */
export const cancelAttempt = (context: EscrowContext) =>
  deviceVerb<DevicePorts, PersonActor, Input, null, null, null>({
    may: { owner: true, permission: 'recovery-key:rotate' },
    prepare: async () => ok(null),
    async write({ tx, device, input, now, ids }) {
      const attempt = await store.findAttempt(tx, input.attempt, device.id);
      if (attempt === null) return refuse({ kind: 'not-found' });
      const taken = step(attempt.state, { kind: 'cancelled' });
      if (taken.to !== 'failed') return refuse({ kind: 'already-delivered' });
      const { notes } = await takeStep(context, { tx, now, ids, device, attempt }, taken);
      const [first, ...more] = notes;
      if (first === undefined) throw new Error('a cancelled attempt left no note');
      return done(null, first, ...more);
    },
    after: async () => null,
  });
