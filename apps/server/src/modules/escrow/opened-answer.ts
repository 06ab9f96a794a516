import type { Ownership } from '@keyhaven/api-contract/device';
import type { AnswerId, EnrollmentId, Ids, KeyVersionId } from '../../kernel/id.ts';
import { type Done, type Refused, refuse, runWrite } from '../../kernel/verb.ts';
import type { Tx } from '../../platform/db/database.ts';
import type { AnswerVerdict } from '../../vault/vault.ts';
import type { Answered } from '../commands/commands.ts';
import type { Device } from '../devices/device.ts';
import { findDevice, lockDevice } from '../devices/devices.ts';
import type { EscrowContext } from './context.ts';

/** What the vault said of an answer, to be written on a locked Mac that has not changed since. */
export type OpenedAnswer = {
  readonly tx: Tx;
  readonly now: Date;
  readonly ids: Ids;
  readonly device: Device;
  readonly verdict: AnswerVerdict;
  /** The id that a new key was sealed for. */
  readonly version: KeyVersionId;
  readonly ownershipClass: Ownership;
  readonly answer: AnswerId;
  /** The generation that answered; not the Mac's current one where it came late. */
  readonly enrollment: EnrollmentId;
};

/** What the vault compared with and sealed for changed before the lock. Never leaves this file. */
class MacChanged extends Error {}

const mostTries = 5;

/**
 * Has the vault open the key of an answer, then writes with the Mac locked. When a version or a change of ownership
 * came in between, it is done again: same bytes, same version, and never the class of before.
 */
export async function withOpenedAnswer<Value>(
  context: EscrowContext,
  answered: Answered,
  opens: boolean,
  classOf: (device: Device) => Promise<Ownership>,
  write: (opened: OpenedAnswer) => Promise<Done<Value> | Refused>,
): Promise<Value | null> {
  const { runner, database, vault } = context;
  const actor = { kind: 'mac', enrollment: answered.enrollment, device: answered.device } as const;
  for (let tries = 0; ; tries += 1) {
    const seen = await findDevice(database, answered.device);
    if (seen === null) return null;
    const version = runner.ids.next<'key-version'>();
    const ownershipClass = await classOf(seen);
    const answer = answered.answerId;
    const verdict: AnswerVerdict = opens
      ? await vault.openAnswer({ answer, version, ownershipClass })
      : { kind: 'no-key' };
    try {
      const written = await runWrite(runner, actor, async ({ tx, now, ids }) => {
        const device = await lockDevice(tx, answered.device);
        if (device === null) return refuse({ kind: 'not-found' });
        if (opens && !isSame(device, seen)) throw new MacChanged();
        const { enrollment } = answered;
        return write({ tx, now, ids, device, verdict, version, ownershipClass, answer, enrollment });
      });
      return written.ok ? written.value : null;
    } catch (error) {
      if (!(error instanceof MacChanged) || tries >= mostTries) throw error;
    }
  }
}

const isSame = (device: Device, seen: Device): boolean =>
  device.lastKeyVersion === seen.lastKeyVersion &&
  device.ownership === seen.ownership &&
  device.ownershipChangedAt?.getTime() === seen.ownershipChangedAt?.getTime();
