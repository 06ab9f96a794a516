import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import os from 'node:os';
import path from 'node:path';

/**
 * The way of one server process to its database. Closing it is what the process's death would be to the database: every
 * connection breaks at once, and nothing that the process still does reaches it any more.
 */
export type DatabaseGate = {
  readonly connectionString: string;
  /** Breaks everything after so many more messages to the database; `told`: once, when it has. */
  readonly breakAfter: (messages: number, told: () => void) => void;
  readonly disarm: () => void;
  readonly break: () => void;
  readonly close: () => Promise<void>;
};

export async function openDatabaseGate(behind: string): Promise<DatabaseGate> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'keyhaven-gate-'));
  const address = new URL(behind);
  const target = targetOf(address);
  const sockets = new Set<Socket>();
  let broken = false;
  let left: { messages: number; readonly told: () => void } | null = null;

  const breakNow = (): void => {
    broken = true;
    for (const socket of sockets) socket.destroy();
  };
  const server = createServer((caller) => {
    caller.on('error', () => undefined);
    if (broken) return caller.destroy();
    const called = connect(target);
    const both = [caller, called];
    const hangUp = (): void => both.forEach((socket) => socket.destroy());
    for (const socket of both) {
      sockets.add(socket);
      socket.on('error', hangUp);
      socket.on('close', () => {
        sockets.delete(socket);
        hangUp();
      });
    }
    caller.on('data', (chunk) => {
      called.write(chunk);
      if (left === null) return;
      left.messages -= 1;
      if (left.messages > 0) return;
      const { told } = left;
      left = null;
      // What has been written is on its way; its answer never comes.
      setImmediate(breakNow);
      told();
    });
    called.on('data', (chunk) => void caller.write(chunk));
    return undefined;
  });
  await new Promise<void>((resolve) => server.listen(path.join(folder, '.s.PGSQL.5432'), resolve));
  address.searchParams.set('host', folder);
  return {
    connectionString: address.href,
    breakAfter: (messages, told) => {
      left = { messages, told };
    },
    disarm: () => {
      left = null;
    },
    break: breakNow,
    close: async () => {
      breakNow();
      await new Promise<void>((resolve) => server.close(() => resolve()));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function targetOf(
  address: URL,
): { readonly path: string } | { readonly port: number; readonly host: string } {
  const folder = address.searchParams.get('host');
  const port = address.port === '' ? 5432 : Number(address.port);
  return folder === null ? { port, host: address.hostname } : { path: path.join(folder, `.s.PGSQL.${port}`) };
}
