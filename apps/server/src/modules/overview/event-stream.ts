import { PassThrough, type Readable } from 'node:stream';
import type { PersonActor } from '../../kernel/actor.ts';
import { after, type Clock, minutes } from '../../kernel/clock.ts';
import { parseId } from '../../kernel/id.ts';
import { permissionsOfRoles } from '../../kernel/permission.ts';
import type { Change } from '../../platform/changes/changes.ts';
import type { Listener } from '../../platform/changes/listener.ts';
import type { Database } from '../../platform/db/database.ts';
import { findBelonging, findStandingSessions } from './overview.store.ts';
import { isSeenBy } from './seen-device.ts';

export type EventStreams = {
  /** A stream of what changes for this person from now on; null when they have as many as they may. */
  readonly open: (actor: PersonActor) => Readable | null;
  /** Ends every stream, and listens no more. */
  readonly stop: () => void;
};

const mostPerPerson = 10;
/** A session that is unused for this long is over (access); a stream that is merely open does not use it. */
const idleMs = minutes(60);
/** A reader that takes nothing for this long a queue is gone, or as good as gone; it asks again when it is back. */
const mostWaitingBytes = 64 * 1024;

type Stream = { actor: PersonActor; readonly out: PassThrough };

/** The event streams of this process. One subscription, one look at the database a change, however many listen. */
export function createEventStreams(context: {
  readonly database: Database;
  readonly clock: Clock;
  readonly changes: Pick<Listener, 'subscribe'>;
  readonly onFault: (error: unknown) => void;
  readonly heartbeatMs: number;
}): EventStreams {
  const { database, clock } = context;
  const streams = new Set<Stream>();

  const write = ({ out }: Stream, text: string): void => {
    if (out.writableLength > mostWaitingBytes) out.end();
    else out.write(text);
  };

  async function pass(change: Change): Promise<void> {
    if (streams.size === 0) return;
    const sees = await audienceOf(change);
    for (const stream of streams) if (sees(stream.actor)) write(stream, textOf(change));
  }

  async function audienceOf(change: Change): Promise<(actor: PersonActor) => boolean> {
    if (change.kind === 'notice') return (actor) => actor.person === change.person;
    const device = parseId<'device'>(change.device);
    const mac = device === null ? null : await findBelonging(database, device);
    return (actor) => mac !== null && isSeenBy(mac, actor);
  }

  /** Ends the streams of sessions that are over, brings permissions up to date, and shows that we are there. */
  async function beat(): Promise<void> {
    const open = [...streams];
    if (open.length === 0) return;
    const now = clock.now();
    const sessions = open.map(({ actor }) => actor.session);
    const standing = await findStandingSessions(database, sessions, { now, seenSince: after(now, -idleMs) });
    for (const stream of open) {
      const roles = standing.get(stream.actor.session);
      if (roles === undefined) stream.out.end();
      else {
        stream.actor = { ...stream.actor, permissions: permissionsOfRoles(roles) };
        write(stream, ':\n\n');
      }
    }
  }

  const unsubscribe = context.changes.subscribe((change) => void pass(change).catch(context.onFault));
  const timer = setInterval(() => void beat().catch(context.onFault), context.heartbeatMs).unref();

  return {
    open: (actor) => {
      const own = [...streams].filter((stream) => stream.actor.person === actor.person);
      if (own.length >= mostPerPerson) return null;
      const stream: Stream = { actor, out: new PassThrough() };
      streams.add(stream);
      stream.out.once('close', () => streams.delete(stream));
      stream.out.once('end', () => streams.delete(stream));
      stream.out.write(':\n\n');
      return stream.out;
    },
    stop: () => {
      clearInterval(timer);
      unsubscribe();
      for (const { out } of streams) out.end();
    },
  };
}

function textOf(change: Change): string {
  switch (change.kind) {
    case 'device':
      return eventText('device', { deviceId: change.device });
    case 'attempt':
      return eventText('attempt', { deviceId: change.device, attemptId: change.attempt });
    case 'notice':
      return eventText('notice', { noticeId: change.notice });
  }
}

const eventText = (kind: Change['kind'], data: Readonly<Record<string, string>>): string =>
  `event: ${kind}\ndata: ${JSON.stringify(data)}\n\n`;
