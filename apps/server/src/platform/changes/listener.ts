import { Client } from 'pg';
import { type Change, changesChannel } from './changes.ts';

export type Listener = {
  /** Calls `hear` for every change from now on, until the returned function is called. */
  readonly subscribe: (hear: (change: Change) => void) => () => void;
  readonly stop: () => Promise<void>;
};

const reconnectAfterMs = 1000;

/**
 * One connection that listens for changes and hands them to all subscribers of this process. When it breaks it comes
 * back by itself; what was announced meanwhile is missed, and pages notice by asking again.
 */
export function listenForChanges(connectionString: string, onFault: (error: unknown) => void): Listener {
  const subscribers = new Set<(change: Change) => void>();
  let client: Client | null = null;
  let stopped = false;

  const retry = (error: unknown): void => {
    if (stopped) return;
    onFault(error);
    client = null;
    setTimeout(connect, reconnectAfterMs).unref();
  };

  function connect(): void {
    if (stopped) return;
    const next = new Client({ connectionString, application_name: 'keyhaven changes', keepAlive: true });
    client = next;
    let broken = false;
    const fail = (error: unknown): void => {
      if (broken) return;
      broken = true;
      next.end().catch(() => undefined);
      retry(error);
    };
    next.on('error', fail);
    next.on('notification', ({ payload }) => {
      const change = changeOf(payload);
      if (change === null) return;
      for (const hear of subscribers) hear(change);
    });
    next
      .connect()
      .then(() => next.query(`listen ${changesChannel}`))
      .catch(fail);
  }

  connect();
  return {
    subscribe: (hear) => {
      subscribers.add(hear);
      return () => subscribers.delete(hear);
    },
    stop: async () => {
      stopped = true;
      await client?.end().catch(() => undefined);
    },
  };
}

/** Others with rights on this database could write to the channel too: what is no JSON of ours is nothing. */
function changeOf(payload: string | undefined): Change | null {
  try {
    const change: unknown = JSON.parse(payload ?? 'null');
    // Safe because a Change is ids that every reader looks up again before it says anything.
    return typeof change === 'object' && change !== null && 'kind' in change ? (change as Change) : null;
  } catch {
    return null;
  }
}
