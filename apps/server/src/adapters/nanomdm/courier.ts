import { after, type Clock, minutes } from '../../kernel/clock.ts';
import type { Command } from '../../modules/commands/command.ts';
import type { Conversation, Reply } from '../../modules/commands/commands.ts';
import type { KeptCommands } from '../../modules/commands/kept-commands.ts';
import { asksForPresence } from '../../modules/commands/presence.ts';
import type { Push, PushOutcome } from '../../modules/commands/transport.port.ts';
import { findMacByEnrollment } from '../../modules/devices/devices.ts';
import type { KnownMac } from '../../modules/devices/enrollment.ts';
import type { Database } from '../../platform/db/database.ts';
import { callerOf } from '../apple-mdm/caller-of.ts';
import type { EnqueueOutcome } from './enqueue-answer.ts';
import * as store from './nanomdm.store.ts';
import type { NanoMdmClient } from './nanomdm-client.ts';

/** The rooms that it carries for; known when they are built. */
export type CarriedFor = { readonly conversation: Conversation; readonly keptCommands: KeptCommands };

export type CourierContext = {
  readonly database: Database;
  readonly client: NanoMdmClient;
  readonly clock: Clock;
  readonly rotationAllowed: boolean;
  readonly rooms: () => CarriedFor;
  /** Kinds and ids only. */
  readonly onFault: (why: string, mac: KnownMac) => void;
};

export type Courier = {
  /** Hands over what a Mac is to get next. */
  readonly carry: (mac: KnownMac, reply: Reply) => Promise<PushOutcome | null>;
  readonly push: Push;
};

const longestPause = minutes(5);
const firstPause = 5000;

/** Brings commands to NanoMDM: on record before the call, and never one for a Mac that another has taken the place of. */
export function createCourier(context: CourierContext): Courier {
  const { database, client, clock } = context;
  // While NanoMDM does not answer, nothing is taken from the queue for it: 5 seconds, doubled up to 5 minutes.
  let pause = { until: new Date(0), ms: 0 };

  function noteAnswer(answered: boolean): void {
    const ms = answered ? 0 : Math.min(longestPause, pause.ms === 0 ? firstPause : pause.ms * 2);
    pause = { until: after(clock.now(), ms), ms };
  }

  async function carry(mac: KnownMac, reply: Reply): Promise<PushOutcome | null> {
    if (reply.body === null) return null;
    const command = await context.rooms().keptCommands.find(reply.command, mac.enrollment);
    if (command === null || mac.udid === null) return null;
    try {
      return await handOver({ mac, udid: mac.udid, command, plist: reply.body });
    } finally {
      // It may hold a key.
      reply.body.fill(0);
    }
  }

  type Parcel = {
    readonly mac: KnownMac;
    readonly udid: string;
    readonly command: Command;
    readonly plist: Buffer;
  };

  async function handOver({ mac, udid, command, plist }: Parcel): Promise<PushOutcome> {
    const { keptCommands } = context.rooms();
    if (!(await store.beginSending(database, command.id, mac.enrollment, clock.now()))) {
      return hadBefore(command, udid);
    }
    if (command.kind === 'RotateFileVaultKey' && !context.rotationAllowed) {
      return leave(mac, command, 'rotation-not-allowed');
    }
    if (asksForPresence(command) && !context.rotationAllowed) {
      await store.endSending(database, command.id, 'failed', clock.now());
      await keptCommands.refused(command);
      context.onFault('secrets-not-allowed', mac);
      return 'sent';
    }
    if (await store.isTakenOver(database, udid, mac.enrollment)) return leave(mac, command, 'taken-over');
    const outcome = await enqueue(udid, command, plist);
    switch (outcome.kind) {
      case 'taken':
        await store.endSending(database, command.id, 'accepted', clock.now());
        return outcome.pushed ? 'sent' : 'not-sent';
      case 'had-before':
        await store.endSending(database, command.id, 'accepted', clock.now());
        return hadBefore(command, udid);
      case 'malformed':
        await store.endSending(database, command.id, 'failed', clock.now());
        await keptCommands.refused(command);
        context.onFault('nanomdm-cannot-read-it', mac);
        return 'sent';
      case 'unauthorized':
      case 'unsure':
        return leave(mac, command, outcome.kind);
    }
  }

  /** A call that broke off is made once more at once: the CommandUUID keeps NanoMDM from taking it twice. */
  async function enqueue(udid: string, command: Command, plist: Buffer): Promise<EnqueueOutcome> {
    let outcome = await client.enqueue(udid, command.id, plist);
    if (outcome.kind === 'unsure') {
      outcome = await client.enqueue(udid, command.id, plist);
      // Whether the first call came to a push, nobody knows.
      if (outcome.kind === 'had-before') {
        outcome = { kind: 'taken', pushed: (await client.push(udid)) === 'pushed' };
      }
    }
    noteAnswer(outcome.kind !== 'unsure');
    await note(outcome);
    return outcome;
  }

  /** Not handed over, or nobody knows: the queue has it again. */
  async function leave(mac: KnownMac, command: Command, why: string): Promise<PushOutcome> {
    await store.endSending(database, command.id, 'failed', clock.now());
    await context.rooms().keptCommands.notTaken(command);
    context.onFault(why, mac);
    return 'not-sent';
  }

  async function hadBefore(command: Command, udid: string): Promise<PushOutcome> {
    // The first time it only means that an earlier call had come through.
    if (command.deliveryCount > 1) await context.rooms().keptCommands.notRepeated(command);
    return wake(udid);
  }

  async function wake(udid: string): Promise<PushOutcome> {
    const answer = await client.push(udid);
    noteAnswer(answer !== 'unsure');
    return answer === 'pushed' ? 'sent' : 'not-sent';
  }

  const note = (outcome: EnqueueOutcome): Promise<void> =>
    store.noteContact(
      database,
      'api',
      outcome.kind === 'taken' || outcome.kind === 'had-before' ? null : outcome.kind,
      clock.now(),
    );

  return {
    carry,
    push: {
      send: async ({ enrollment }) => {
        if (clock.now() < pause.until) return 'not-sent';
        const mac = await findMacByEnrollment(database, enrollment);
        const caller = mac === null ? null : callerOf(mac);
        if (mac === null || mac.udid === null || caller?.standing !== 'active') return 'sent';
        const offered = await context.rooms().conversation.offer(caller);
        return (await carry(mac, offered)) ?? wake(mac.udid);
      },
    },
  };
}
