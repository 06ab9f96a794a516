import type { PersonActor } from '../../kernel/actor.ts';
import { after, hours } from '../../kernel/clock.ts';
import type { AttemptId, DeviceId, KeyVersionId } from '../../kernel/id.ts';
import type { Note } from '../../kernel/note.ts';
import type { Refusal } from '../../kernel/refusal.ts';
import { ok } from '../../kernel/result.ts';
import { done, type NotedAs, refuse } from '../../kernel/verb.ts';
import type { Tx } from '../../platform/db/database.ts';
import type { TypedKeyVerdict } from '../../vault/vault.ts';
import { type DeviceInput, type DevicePorts, deviceVerb } from '../devices/device-verb.ts';
import { takeKeyVersionNumber } from '../devices/devices.ts';
import { step } from './attempt.ts';
import { beginAttempt, failAtOnce, knownObstacle } from './begin-attempt.ts';
import type { EscrowContext } from './context.ts';
import * as store from './escrow.store.ts';
import { takeStep } from './take-step.ts';

type Input = DeviceInput & { readonly recoveryKey: string; readonly confirmation: string };
type Prepared = { readonly version: KeyVersionId; readonly verdict: TypedKeyVerdict };

const storesPerHour = 20;

const refusedNote = (refusal: Refusal, device: DeviceId): Note => ({
  action: 'recovery-key.store-refused',
  device,
  detail: { why: refusal.kind },
});

/** The owner hands in the key from their paper. It is a candidate until the Mac has rotated with it. */
export const storeKey = (context: EscrowContext) =>
  deviceVerb<DevicePorts & Pick<EscrowContext, 'vault'>, PersonActor, Input, Prepared, AttemptId, AttemptId>({
    may: { owner: true, permission: null },
    noteRefusal: refusedNote,
    async prepare({ ports, device, input, ids }) {
      const version = ids.next<'key-version'>();
      const { recoveryKey, confirmation } = input;
      const typed = { device: device.id, version, recoveryKey, confirmation };
      return ok({ version, verdict: await ports.vault.sealTypedKey(typed) });
    },
    async write({ tx, device, prepared, actor, now, ids }) {
      const no = (refusal: Refusal) => refuse(refusal, refusedNote(refusal, device.id));
      const { verdict, version: candidate } = prepared;
      if (!context.rotationAllowed) return no({ kind: 'rotation-not-allowed' });
      if (verdict.kind === 'malformed') return no({ kind: 'malformed-recovery-key', field: verdict.field });
      if (verdict.kind === 'keys-differ') return no({ kind: 'keys-must-match' });
      const wait = await untilNextStore(tx, device.id, now);
      if (wait !== null) return no({ kind: 'too-many-requests', retryAfterSeconds: wait });
      if (device.removedAt !== null || device.enrollmentState !== 'active')
        return no({ kind: 'device-not-enrolled' });
      if (verdict.ownershipClass === 'corporate' && device.ownership === 'personal')
        throw new Error('the ownership changed under a store');

      let gaveWay: readonly NotedAs[] = [];
      const open = await store.findOpenAttempt(tx, device.id);
      if (open !== null) {
        const giving = step(open.state, { kind: 'newer-store' });
        if (giving.to === 'refused') return no({ kind: 'attempt-in-progress' });
        gaveWay = (await takeStep(context, { tx, now, ids, device, attempt: open }, giving)).notes;
      }
      const version = await takeKeyVersionNumber(tx, device.id);
      await store.insertVersion(
        tx,
        {
          id: candidate,
          device: device.id,
          version,
          state: 'candidate',
          source: 'typed',
          ownershipClass: verdict.ownershipClass,
          sealed: verdict.sealed,
          enrollment: device.enrollmentId,
          confirmedEnrollment: null,
          answer: null,
          storedBy: actor.person,
          provenAt: null,
        },
        now,
      );
      const begin = {
        tx,
        now,
        ids,
        wake: context.wake,
        device,
        actor,
        kind: 'store',
        unlockVersion: candidate,
      } as const;
      const obstacle = await knownObstacle(tx, device);
      const attempt = obstacle === null ? await beginAttempt(begin) : await failAtOnce(begin, obstacle);
      if (obstacle !== null) await store.wipeCandidate(tx, candidate);
      const detail = { attempt, version, failedAtOnce: obstacle };
      return done(attempt, { action: 'recovery-key.typed', device: device.id, detail }, ...gaveWay);
    },
    after: async ({ written }) => written,
  });

/** Seconds until this Mac may have another store, or null: a portal is no place to guess keys. */
async function untilNextStore(tx: Tx, device: DeviceId, now: Date): Promise<number | null> {
  const { count, oldest } = await store.countStores(tx, device, after(now, -hours(1)));
  if (count < storesPerHour || oldest === null) return null;
  return Math.max(1, Math.ceil((oldest.getTime() + hours(1) - now.getTime()) / 1000));
}
