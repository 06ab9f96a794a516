import { asleep } from '@keyhaven/mac/behaviours/asleep';
import { answers, type Behaviour } from '@keyhaven/mac/behaviours/behaviour';
import type { CommandResult } from '@keyhaven/mac/commands/command';
import type { SimulatedMac } from '@keyhaven/mac/mac';
import type { Exchange } from './http-gate.ts';
import { statusOf } from './http-messages.ts';

/** A simulated Mac, and what somebody who looks over its shoulder knows. */
export type WatchedMac = {
  readonly mac: SimulatedMac;
  readonly owner: string;
  /** Its id in the API, once it is known there. */
  device: string | null;
  ownership: 'personal' | 'corporate';
  /** Every key that its disk ever had. */
  readonly made: Set<string>;
  /** Those made while it was its owner's own. */
  readonly madeWhilePersonal: Set<string>;
  /** Those whose encrypted bytes the server has taken with a 2xx. */
  readonly handedOver: Set<string>;
  /** The key inside a CMS that left the Mac, by its base64. */
  readonly keyInCms: Map<string, string>;
  readonly behave: (behaviour: Behaviour) => void;
  /** To be called after each change of its key. */
  readonly look: () => void;
};

export function watchMac(mac: SimulatedMac, owner: string): WatchedMac {
  const keyInCms = new Map<string, string>();
  const watched: WatchedMac = {
    mac,
    owner,
    device: null,
    ownership: 'personal',
    made: new Set(),
    madeWhilePersonal: new Set(),
    handedOver: new Set(),
    keyInCms,
    behave: (behaviour) => mac.setBehaviour(behaviour === asleep ? asleep : observed(behaviour, note)),
    look: () => {
      const { currentRecoveryKey: key, escrowCopy } = mac.state.fileVault;
      if (key === null) return;
      if (!watched.made.has(key)) {
        watched.made.add(key);
        if (watched.ownership === 'personal') watched.madeWhilePersonal.add(key);
      }
      const copy = escrowCopy?.toString('base64');
      if (copy !== undefined && !keyInCms.has(copy)) keyInCms.set(copy, key);
    },
  };
  const note = (result: CommandResult): void => {
    watched.look();
    const { RotateResult: rotated } = result.keys;
    if (typeof rotated !== 'object' || !('EncryptedNewRecoveryKey' in rotated)) return;
    const cms = rotated.EncryptedNewRecoveryKey;
    const key = mac.state.fileVault.currentRecoveryKey;
    if (Buffer.isBuffer(cms) && key !== null) keyInCms.set(cms.toString('base64'), key);
  };
  watched.look();
  watched.behave(answers);
  return watched;
}

/** The behaviour, for the commands and as often as it says, with every result noted before it leaves. */
function observed(behaviour: Behaviour, note: (result: CommandResult) => void): Behaviour {
  let left = behaviour.span ?? Number.POSITIVE_INFINITY;
  return {
    ...behaviour,
    commands: null,
    span: null,
    onCommand: (turn) => {
      const { requestType } = turn.command;
      const applies = left > 0 && (behaviour.commands === null || behaviour.commands.includes(requestType));
      if (applies) left -= 1;
      const carryOut = async (): Promise<CommandResult> => {
        const result = await turn.carryOut();
        note(result);
        return result;
      };
      return (applies ? behaviour : answers).onCommand({ ...turn, carryOut });
    },
  };
}

/** Learns from what went over the wire which keys the server has taken. */
export function noteHandedOver(macs: readonly WatchedMac[], exchanges: readonly Exchange[]): void {
  for (const { request, response, answered } of exchanges) {
    if (!answered || response === null || statusOf(response) !== 200) continue;
    if (!request.start.startsWith('PUT /mdm')) continue;
    const text = request.body.toString('latin1').replaceAll(/\s/gu, '');
    for (const { keyInCms, handedOver } of macs) {
      for (const [cms, key] of keyInCms) if (text.includes(cms)) handedOver.add(key);
    }
  }
}

/** The key in the Mac's escrow copy, whatever the disk's key is now. */
export const keyInEscrowCopy = ({ mac, keyInCms }: WatchedMac): string | null =>
  keyInCms.get(mac.state.fileVault.escrowCopy?.toString('base64') ?? '') ?? null;
