import type { PersonActor } from '../../kernel/actor.ts';
import type { AttemptId, DeviceId } from '../../kernel/id.ts';
import type { Note } from '../../kernel/note.ts';
import type { Refusal } from '../../kernel/refusal.ts';
import { ok } from '../../kernel/result.ts';
import { done, refuse } from '../../kernel/verb.ts';
import { type DeviceInput, type DevicePorts, deviceVerb } from '../devices/device-verb.ts';
import { isOwner } from '../devices/gate.ts';
import { beginAttempt, failAtOnce, knownObstacle } from './begin-attempt.ts';
import type { EscrowContext } from './context.ts';
import * as store from './escrow.store.ts';

type Input = DeviceInput & { readonly reason: string | null };

const refusedNote = (refusal: Refusal, device: DeviceId): Note => ({
  action: 'recovery-key.rotation-refused',
  device,
  detail: { why: refusal.kind },
});

/**
 * The version that unlocks the Mac by the best of our knowledge: what its escrow copy said last when that is newer than
 * the current key, else the current key.
 */
export function keyToUnlockWith(versions: readonly store.KeyVersionRow[]): store.KeyVersionRow | null {
  return versions.find((version) => version.state === 'unproven' || version.state === 'current') ?? null;
}

/** The owner, or IT without seeing the key, has the Mac make a new one. */
export const rotateKey = (context: EscrowContext) =>
  deviceVerb<DevicePorts, PersonActor, Input, null, AttemptId, AttemptId>({
    may: { owner: true, permission: 'recovery-key:rotate' },
    noteRefusal: refusedNote,
    prepare: async () => ok(null),
    async write({ tx, device, actor, input, now, ids }) {
      const no = (refusal: Refusal) => refuse(refusal, refusedNote(refusal, device.id));
      const unlock = keyToUnlockWith(await store.findVersions(tx, device.id));
      if (!context.rotationAllowed) return no({ kind: 'rotation-not-allowed' });
      if (unlock === null) return no({ kind: 'no-recovery-key' });
      if (device.removedAt !== null || device.enrollmentState !== 'active')
        return no({ kind: 'device-not-enrolled' });
      if ((await store.findOpenAttempt(tx, device.id)) !== null) return no({ kind: 'attempt-in-progress' });

      const begin = {
        tx,
        now,
        ids,
        wake: context.wake,
        device,
        actor,
        kind: 'rotate',
        unlockVersion: unlock.id,
      } as const;
      const obstacle = await knownObstacle(tx, device);
      const attempt = obstacle === null ? await beginAttempt(begin) : await failAtOnce(begin, obstacle);
      if (!isOwner(device, actor)) {
        const told = {
          id: ids.next<'notice'>(),
          device,
          kind: 'key-rotated',
          by: actor,
          reason: input.reason,
          now,
        } as const;
        await context.tell.owner(tx, told);
      }
      const detail = { attempt, version: unlock.version, reason: input.reason, failedAtOnce: obstacle };
      return done(attempt, { action: 'recovery-key.rotation-asked', device: device.id, detail });
    },
    after: async ({ written }) => written,
  });
