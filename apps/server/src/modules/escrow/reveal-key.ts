import type { KeyVersionState } from '@keyhaven/api-contract/recovery-key';
import type { Secret } from '@keyhaven/sealing/secret';
import type { PersonActor } from '../../kernel/actor.ts';
import { after, hours, minutes } from '../../kernel/clock.ts';
import type { DeviceId, PersonId, ReleaseId } from '../../kernel/id.ts';
import type { Note } from '../../kernel/note.ts';
import type { Refusal } from '../../kernel/refusal.ts';
import { ok, type Result, refused } from '../../kernel/result.ts';
import { done, refuse } from '../../kernel/verb.ts';
import { announce } from '../../platform/changes/changes.ts';
import type { Tx } from '../../platform/db/database.ts';
import type { ReleaseRefusal } from '../../vault/vault.ts';
import { isFresh } from '../access/access.ts';
import { type DeviceInput, type DevicePorts, deviceVerb } from '../devices/device-verb.ts';
import { isOwner } from '../devices/gate.ts';
import { effectivePolicy } from '../policy/policy.ts';
import type { EscrowContext } from './context.ts';
import { insertDueRotation } from './due-rotations.store.ts';
import * as store from './escrow.store.ts';

type Input = DeviceInput & { readonly reason: string | null; readonly version: number | null };
type Granted = { readonly release: ReleaseId; readonly version: store.KeyVersionRow };

export type Revealed = {
  readonly key: Secret;
  readonly version: number;
  readonly state: KeyVersionState;
  readonly storedAt: Date;
  readonly provenAt: Date | null;
};

const revealsPerHour = 60;
const reasonLength = { least: 8, most: 500 } as const;

const refusedNote = (refusal: Refusal, device: DeviceId): Note => ({
  action: 'recovery-key.reveal-refused',
  device,
  detail: { why: refusal.kind },
});

/** The order in which versions are offered: the current one first, then what the Mac said last, then older ones. */
const rank: Readonly<Record<KeyVersionState, number>> = {
  current: 0,
  unproven: 1,
  candidate: 2,
  superseded: 3,
  rejected: 9,
  unreadable: 9,
};

/** Whether there are bytes of a key to show. A rejected candidate is wiped, an unreadable one cannot be opened. */
export const isShowable = (version: Pick<store.KeyVersionRow, 'state'>): boolean => rank[version.state] < 9;

function chooseVersion(
  versions: readonly store.KeyVersionRow[],
  number: number | null,
): store.KeyVersionRow | null {
  const showable = versions.filter(isShowable);
  if (number !== null) return showable.find((version) => version.version === number) ?? null;
  return showable.toSorted((a, b) => rank[a.state] - rank[b.state] || b.version - a.version)[0] ?? null;
}

/**
 * Shows a key: to the owner, or to IT for a company-owned Mac with a reason, always after a fresh sign-in. It is on
 * record, and the owner is told, before it is opened; the vault then decides for itself once more.
 */
export const revealKey = (context: EscrowContext) =>
  deviceVerb<
    DevicePorts & Pick<EscrowContext, 'vault'>,
    PersonActor,
    Input,
    null,
    Granted,
    Result<Revealed, Refusal>
  >({
    may: { owner: true, permission: 'recovery-key:reveal' },
    noteRefusal: refusedNote,
    prepare: async () => ok(null),
    async write({ tx, device, actor, input, now, ids }) {
      const no = (refusal: Refusal) => refuse(refusal, refusedNote(refusal, device.id));
      const owner = isOwner(device, actor);
      if (!owner && device.ownership !== 'corporate') return no({ kind: 'personal-device' });
      if (!owner && !isReason(input.reason)) return no({ kind: 'reason-required' });
      if (!isFresh(actor, now)) return no({ kind: 'fresh-sign-in-required' });
      const wait = await untilNextReveal(tx, actor.person, now);
      if (wait !== null) return no({ kind: 'too-many-requests', retryAfterSeconds: wait });
      const held = await store.findVersions(tx, device.id);
      const open = owner ? held : held.filter(({ ownershipClass }) => ownershipClass === 'corporate');
      const version = chooseVersion(open, input.version);
      if (version === null) {
        return no({
          kind: chooseVersion(held, input.version) === null ? 'no-recovery-key' : 'personal-device',
        });
      }

      const release = ids.next<'release'>();
      const id = ids.next<'audit-note'>();
      const { person, session } = actor;
      const granted = {
        id: release,
        note: id,
        device: device.id,
        version: version.id,
        purpose: 'reveal',
      } as const;
      await store.insertRelease(tx, { ...granted, person, session }, now);
      if (!owner) {
        const told = {
          id: ids.next<'notice'>(),
          device,
          kind: 'key-viewed',
          by: actor,
          reason: input.reason,
          now,
        } as const;
        await context.tell.owner(tx, told);
      }
      await rotateLater(tx, device.id, version, now);
      await announce(tx, { kind: 'device', device: device.id });
      const detail = { version: version.version, reason: input.reason, byOwner: owner };
      return done({ release, version }, { id, action: 'recovery-key.revealed', device: device.id, detail });
    },
    // On record before it is opened: a crash here leaves an audit line too many, never one too few.
    async after({ ports, written: { release, version } }) {
      const opened = await ports.vault.reveal(release);
      if (!opened.ok) return refused(refusalOf(opened.why));
      const { version: number, state, storedAt, provenAt } = version;
      return ok({ key: opened.key, version: number, state, storedAt, provenAt });
    },
  });

/** Whoever has seen a key that still opens the Mac: the policy may want another one soon. */
async function rotateLater(
  tx: Tx,
  device: DeviceId,
  { state }: store.KeyVersionRow,
  now: Date,
): Promise<void> {
  if (state !== 'current' && state !== 'unproven') return;
  const { rotateAfterRevealMinutes } = (await effectivePolicy(tx)).settings;
  if (rotateAfterRevealMinutes === null) return;
  const dueAt = after(now, minutes(rotateAfterRevealMinutes));
  await insertDueRotation(tx, device, 'after-reveal', dueAt);
}

function refusalOf(why: ReleaseRefusal): Refusal {
  switch (why) {
    case 'not-fresh':
      return { kind: 'fresh-sign-in-required' };
    case 'unreadable':
      return { kind: 'no-recovery-key' };
    case 'not-granted':
    case 'not-permitted':
      return { kind: 'forbidden' };
  }
}

const isReason = (reason: string | null): boolean =>
  reason !== null && reason.trim().length >= reasonLength.least && reason.length <= reasonLength.most;

async function untilNextReveal(tx: Tx, person: PersonId, now: Date): Promise<number | null> {
  const { count, oldest } = await store.countReveals(tx, person, after(now, -hours(1)));
  if (count < revealsPerHour || oldest === null) return null;
  return Math.max(1, Math.ceil((oldest.getTime() + hours(1) - now.getTime()) / 1000));
}
