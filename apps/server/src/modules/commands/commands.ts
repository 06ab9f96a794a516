import { createHash } from 'node:crypto';
import type { Ownership } from '@keyhaven/api-contract/device';
import { type Answer, parseAnswer } from '@keyhaven/apple-mdm/command-answer';
import { after, type Clock } from '../../kernel/clock.ts';
import {
  type AnswerId,
  type CommandId,
  type DeviceId,
  type EnrollmentId,
  type Ids,
  parseId,
} from '../../kernel/id.ts';
import { type Database, transaction } from '../../platform/db/database.ts';
import type { Vault } from '../../vault/vault.ts';
import { touchDeviceSoon } from '../devices/devices.ts';
import { type Command, type CommandKind, isSettled, stateAfter, type TerminalStatus } from './command.ts';
import * as store from './commands.store.ts';
import { answerIsDueAfter, atOnce, mostAnswers, mostPassedOver } from './conversation-limits.ts';
import { asksForPresence, isPlain, type Presence, provesPresence } from './presence.ts';
import { untilRetry } from './push-schedule.ts';
import * as pushes from './pushes.store.ts';

/** A Mac that has proved by its certificate which enrollment it is. */
export type Caller = {
  readonly enrollment: EnrollmentId;
  readonly device: DeviceId;
  readonly ownership: Ownership;
  /** `active`: gets commands. `quarantined`: is heard and told nothing. `ended`: only its late answers are kept. */
  readonly standing: 'active' | 'quarantined' | 'ended';
};

/** What the rooms above are told about an answer. */
export type Answered = {
  readonly command: Command;
  readonly answer: Answer;
  readonly answerId: AnswerId;
  readonly device: DeviceId;
  readonly enrollment: EnrollmentId;
  /** The Mac is waiting for our reply to this very answer, the first to its command. */
  readonly live: boolean;
  /** It proves that the Mac itself is on the line, now: see presence.ts. */
  readonly present: boolean;
};

/** A command that is already on record as going out in this reply. */
export type Delivery = { readonly command: CommandId; readonly render: () => Promise<Buffer | null> };

/** What a room does about one kind of command. Every reaction may run again, with the same result. */
export type CommandHandler = {
  /** The plist to deliver, made now; null when the command is no longer wanted. */
  readonly render: (command: Command) => Promise<Buffer | null>;
  readonly onAnswer?: (answered: Answered) => Promise<Delivery | null>;
  /** The Mac said NotNow. */
  readonly onPutOff?: (command: Command) => Promise<void>;
  /** The Mac is idle although this was delivered to it: its answer is lost, or it never came. */
  readonly onLost?: (command: Command) => Promise<void>;
  /** It should have gone out once more, but a server that keeps commands takes none a second time. */
  readonly onNotRepeated?: (command: Command) => Promise<void>;
};

/** `body` null: nothing more to do. `refused`: this was not kept and never will be. */
export type Reply =
  | { readonly body: null; readonly refused?: true }
  | { readonly body: Buffer; readonly command: CommandId; readonly refused?: never };

export type Conversation = {
  readonly hear: (caller: Caller, answer: Answer, raw: Buffer) => Promise<Reply>;
  /** The next command, for a transport that keeps commands: nothing while one is out that may yet be answered. */
  readonly offer: (caller: Caller) => Promise<Reply>;
  /** Makes sense of stored answers that nobody finished with; returns how many. */
  readonly catchUp: (olderThan: Date) => Promise<number>;
};

export type ConversationContext = {
  readonly database: Database;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly handlers: Readonly<Record<CommandKind, CommandHandler>>;
  /** See MdmTransport. */
  readonly keepsCommands?: boolean;
  readonly onFault: (error: unknown, doing: string) => void;
};

/** Undoes the keeping of an answer; never leaves this file. */
class TooManyAnswers extends Error {}

const nothing: Reply = { body: null };
/** The command channel (reference/apple-mdm.md 4): one command at a time, each answer durable before its 200. */
export function createConversation(context: ConversationContext): Conversation {
  const { database, clock, handlers } = context;
  const keepsCommands = context.keepsCommands ?? false;

  async function touch(caller: Caller): Promise<void> {
    if (caller.standing !== 'ended') await touchDeviceSoon(database, caller.device, clock.now());
  }

  async function offer(caller: Caller, presence: Presence): Promise<Reply> {
    const since = after(clock.now(), -answerIsDueAfter);
    const waiting = await store.findWaiting(database, caller.enrollment);
    // Behind a rotation the next may go: a survey that has to settle it comes after it in any queue.
    const isOut = waiting.some(
      ({ kind, state, deliveredAt }) =>
        state === 'delivered' && kind !== 'RotateFileVaultKey' && deliveredAt !== null && deliveredAt > since,
    );
    if (isOut) return nothing;
    if (presence === 'unproved') await askWhereNeeded(caller, waiting);
    return next(caller, presence);
  }

  const goOn = keepsCommands ? offer : next;

  async function idle(caller: Caller): Promise<Reply> {
    if (keepsCommands) return offer(caller, 'unproved');
    const waiting = await store.findWaiting(database, caller.enrollment);
    if (waiting.length === 0) return nothingWaits(caller);
    for (const command of waiting) {
      if (command.state === 'queued') continue;
      const lost = handlers[command.kind].onLost;
      if (command.state === 'delivered' && lost !== undefined) await lost(command);
      else if (command.kind !== 'RotateFileVaultKey') {
        await store.changeState(database, command.id, command.state, 'queued');
      }
    }
    await askWhereNeeded(caller, waiting);
    return next(caller, 'unproved');
  }

  /** What may go out to nobody but the Mac itself waits for its answer to a question of this very moment. */
  async function askWhereNeeded({ enrollment, device }: Caller, waiting: readonly Command[]): Promise<void> {
    if (!waiting.some(asksForPresence) || waiting.some(isPlain)) return;
    const question = { enrollment, device, kind: 'DeviceInformation', intent: {}, state: 'queued' } as const;
    await store.insertCommand(database, { id: context.ids.next<'command'>(), ...question }, clock.now());
  }

  async function next(caller: Caller, presence: Presence): Promise<Reply> {
    for (let passed = 0; passed < mostPassedOver; passed += 1) {
      const how = { proved: presence === 'proved', alone: !keepsCommands };
      const command = await store.takeNextCommand(database, caller.enrollment, how, clock.now());
      if (command === null) break;
      const body = await handlers[command.kind].render(command);
      if (body !== null) return { body, command: command.id };
      await store.changeState(database, command.id, 'delivered', 'cancelled');
    }
    return nothingWaits(caller);
  }

  /** Unless something came in since, or is out and unanswered. */
  async function nothingWaits(caller: Caller): Promise<Reply> {
    await pushes.stopPushing(database, caller.enrollment);
    return nothing;
  }

  async function putOff(caller: Caller, id: CommandId): Promise<Reply> {
    const command = await store.findCommand(database, id, caller.enrollment);
    if (command === null || isSettled(command)) return nothing;
    if (!keepsCommands) {
      await store.changeState(database, id, 'delivered', 'not-now');
      await handlers[command.kind].onPutOff?.(command);
    }
    const retry = after(clock.now(), untilRetry(command.deliveryCount));
    await pushes.schedulePush(database, caller.enrollment, retry, 0);
    // Nothing more: when NotNow is the last word of a session, the Mac comes back by itself (4.2).
    return nothing;
  }

  async function settle(
    caller: Caller,
    id: CommandId,
    answer: Answer & { readonly status: TerminalStatus },
    raw: Buffer,
  ): Promise<Reply> {
    const command = await store.findCommand(database, id, caller.enrollment);
    if (command === null) {
      await touch(caller);
      return nothing;
    }
    const answerId = context.ids.next<'answer'>();
    const kept = await keep(caller, command, answer, answerId, raw);
    if (kept === 'too-many') return { body: null, refused: true };
    if (kept === 'repeated') return caller.standing === 'active' ? goOn(caller, 'unproved') : nothing;
    // An answer to a command that was taken back proves no presence: it may have been captured on its way.
    const live = kept === 'first' && caller.standing === 'active';
    const { device, enrollment } = caller;
    const present = live && answer.status === 'Acknowledged' && provesPresence(command, clock.now());
    const delivery = await interpret({ command, answer, answerId, device, enrollment, live, present });
    if (caller.standing !== 'active' || kept === 'further') return nothing;
    const body = delivery === null ? null : await delivery.render();
    if (body !== null && delivery !== null) return { body, command: delivery.command };
    return goOn(caller, present ? 'proved' : 'unproved');
  }

  /** Makes the Mac's bytes durable, sealed. Throws when it cannot, and the Mac repeats itself. */
  async function keep(
    caller: Caller,
    command: Command,
    answer: Answer & { readonly status: TerminalStatus },
    id: AnswerId,
    raw: Buffer,
  ): Promise<'first' | 'late' | 'further' | 'repeated' | 'too-many'> {
    const { device, enrollment, ownership: ownershipClass } = caller;
    const sealed = await context.vault.sealAnswer({ device, answer: id, ownershipClass, bytes: raw });
    const answered = {
      id,
      command: command.id,
      enrollment,
      device,
      status: answer.status,
      sha256: createHash('sha256').update(raw).digest(),
      ownershipClass,
      sealed,
      commandState: stateAfter[answer.status],
      words: wordsOf(answer),
      countsAsContact: caller.standing !== 'ended',
    };
    // One statement for the usual case; a further answer to a settled question may have to be taken back.
    if (!isSettled(command)) return store.keepAnswer(database, answered, clock.now());
    return transaction(database, async (tx) => {
      const kept = await store.keepAnswer(tx, answered, clock.now());
      if (kept === 'further' && (await store.countAnswers(tx, command.id)) > mostAnswers) {
        throw new TooManyAnswers();
      }
      return kept;
    }).catch((error: unknown) => {
      if (error instanceof TooManyAnswers) return 'too-many' as const;
      throw error;
    });
  }

  /** Making sense is a second step: whatever goes wrong here, the bytes are safe and the Mac has its 200. */
  async function interpret(answered: Answered): Promise<Delivery | null> {
    try {
      const delivery = (await handlers[answered.command.kind].onAnswer?.(answered)) ?? null;
      await store.markInterpreted(database, answered.answerId, clock.now());
      return delivery;
    } catch (error) {
      context.onFault(error, `interpret ${answered.command.kind}`);
      return null;
    }
  }

  /** One answer that cannot be read must not keep the others from being read. */
  async function readAgain({
    id,
    command: commandId,
    enrollment,
    device,
  }: store.PendingAnswer): Promise<void> {
    try {
      const command = await store.findCommand(database, commandId, enrollment);
      const answer = parseAnswer(await context.vault.readAnswer(id));
      if (command === null) return;
      await interpret({ command, answer, answerId: id, device, enrollment, live: false, present: false });
    } catch (error) {
      context.onFault(error, 'read a stored answer');
    }
  }

  return {
    offer: (caller) => offer(caller, 'unproved'),
    hear: async (caller, answer, raw) => {
      const { status } = answer;
      const id = caller.standing === 'quarantined' ? null : parseId<'command'>(answer.commandUuid ?? '');
      // A result notes the contact in the statement that keeps it.
      if (id !== null && status !== 'Idle' && status !== 'NotNow') {
        return settle(caller, id, { ...answer, status }, raw);
      }
      await touch(caller);
      if (caller.standing !== 'active') return nothing;
      if (status === 'Idle') return idle(caller);
      return id === null ? nothing : putOff(caller, id);
    },
    catchUp: async (olderThan) => {
      let count = 0;
      for (let last: store.PendingAnswer | null = null; ; ) {
        const pending: readonly store.PendingAnswer[] = await store.findUninterpreted(
          database,
          olderThan,
          last,
          atOnce,
        );
        for (const answer of pending) await readAgain(answer);
        count += pending.length;
        last = pending.at(-1) ?? null;
        if (pending.length < atOnce) return count;
      }
    },
  };
}

/** The Mac's own words about an error, for IT. Keys are already taken out of them (redactKeys). */
export function wordsOf(answer: Answer): string | null {
  const first = answer.errorChain[0];
  if (first === undefined) return null;
  const said = first.usEnglishDescription ?? first.localizedDescription ?? '';
  return `${first.domain ?? ''} ${first.code ?? ''} ${said}`.trim().slice(0, 500);
}
