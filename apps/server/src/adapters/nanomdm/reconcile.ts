import { after, type Clock, hours, minutes } from '../../kernel/clock.ts';
import type { Ids } from '../../kernel/id.ts';
import type { KeptCommands } from '../../modules/commands/kept-commands.ts';
import { queueCommand } from '../../modules/commands/queue.ts';
import type { Wake } from '../../modules/commands/transport.port.ts';
import { type Database, transaction } from '../../platform/db/database.ts';
import * as store from './nanomdm.store.ts';
import type { NanoMdmClient } from './nanomdm-client.ts';

export type ReconcilingContext = {
  readonly database: Database;
  readonly client: NanoMdmClient;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly wake: Wake;
  readonly keptCommands: KeptCommands;
  readonly onFault: (error: unknown, doing: string) => void;
};

/** A call to NanoMDM takes no longer, with its one repetition. */
const callTakes = minutes(2);
/** Events of one session may come in any order, but not further apart. */
const disorder = minutes(2);
const silentAfter = minutes(30);
const tokenExpectedWithin = minutes(10);
const eventsKept = hours(30 * 24);

/**
 * Brings us back to the Mac's truth where an event, a call or a process was lost. Every step may run again, in any
 * number of processes.
 */
export async function reconcile(context: ReconcilingContext): Promise<void> {
  const { database, client, clock } = context;
  const now = clock.now();
  const steps = {
    'take up stranded commands': () => takeUpStranded(context, now),
    'ask again for lost answers': () => askOvertaken(context, now),
    'ask silent Macs': () => askSilent(context, now),
    'wake half enrolled Macs': () => wakeHalfEnrolled(context, now),
    'forget old events': () => store.forgetEvents(database, after(now, -eventsKept)),
    'reach NanoMDM': async () =>
      store.noteContact(database, 'api', (await client.isThere()) ? null : 'no-answer', now),
  };
  for (const [doing, step] of Object.entries(steps)) {
    try {
      await step();
    } catch (error) {
      context.onFault(error, doing);
    }
  }
}

/** A process died between taking a command from the queue and knowing that NanoMDM has it. */
async function takeUpStranded(
  { database, keptCommands, wake }: ReconcilingContext,
  now: Date,
): Promise<void> {
  for (const { command: id, enrollment } of await store.findStranded(database, after(now, -callTakes))) {
    const command = await keptCommands.find(id, enrollment);
    if (command === null) continue;
    await store.beginSending(database, id, enrollment, now);
    await store.endSending(database, id, 'failed', now);
    await keptCommands.notTaken(command);
    wake(enrollment);
  }
}

/** The Mac has answered a later one: the answer to this one never reached us. */
async function askOvertaken({ database, keptCommands, wake }: ReconcilingContext, now: Date): Promise<void> {
  for (const { command: id, enrollment } of await store.findOvertaken(database, after(now, -disorder))) {
    const command = await keptCommands.find(id, enrollment);
    if (command?.state !== 'delivered') continue;
    await keptCommands.overtaken(command);
    wake(enrollment);
  }
}

/** A SecurityInfo behind the last command: its answer brings the Mac's truth, and shows what was lost before it. */
async function askSilent({ database, ids, wake }: ReconcilingContext, now: Date): Promise<void> {
  for (const { enrollment, device } of await store.findSilent(database, after(now, -silentAfter))) {
    const id = ids.next<'command'>();
    const question = { id, enrollment, device, kind: 'SecurityInfo', intent: {} } as const;
    await transaction(database, (tx) => queueCommand(tx, wake, question, now));
  }
}

/** Its TokenUpdate is lost, perhaps; NanoMDM can push it, and any word of it makes up for that. */
async function wakeHalfEnrolled({ database, client }: ReconcilingContext, now: Date): Promise<void> {
  const since = after(now, -hours(24));
  for (const { udid } of await store.findHalfEnrolled(database, after(now, -tokenExpectedWithin), since)) {
    await client.push(udid);
  }
}
