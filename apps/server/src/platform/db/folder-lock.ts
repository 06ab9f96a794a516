import { rm, stat } from 'node:fs/promises';
import { createConnection, createServer, type Server } from 'node:net';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { EmbeddedPostgresFailed } from './embedded-failure.ts';

const SILENT_TRIES = 40;

/** Held until `release()` or the end of the process, however it ends. */
export type FolderLock = { release(): Promise<void> };

/**
 * Makes this process the only one that works in `folder` (which exists). The lock is a listening local
 * socket, which the kernel takes back even from a process that was killed: no stale file, no guessing from
 * process numbers. On Linux its name is abstract (no file at all), so processes in different network
 * namespaces do not see each other: two containers must not share a data folder.
 * Throws EmbeddedPostgresFailed `folder-in-use`.
 */
export async function lockFolder(folder: string): Promise<FolderLock> {
  const { dev, ino } = await stat(folder, { bigint: true });
  const server = createServer((socket) => {
    // The one who asks may be gone before it has read.
    socket.on('error', () => {});
    socket.end(String(process.pid));
  });
  server.unref();
  if (process.platform === 'linux') await listen(server, `\0keyhaven-folder-${dev}-${ino}`, folder);
  else if (process.platform === 'win32') await listen(server, `\\\\.\\pipe\\keyhaven-${dev}-${ino}`, folder);
  else await listenOnFile(server, path.join(folder, 'lock.sock'), folder);
  return { release: async () => await new Promise((resolve) => server.close(() => resolve())) };
}

async function listen(server: Server, address: string, folder: string): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await tryListen(server, address);
    } catch (error) {
      if (!isInUse(error)) throw error;
    }
    // One that was killed a moment ago holds the address until the kernel has taken it apart, and is silent.
    const holder = await holderOf(address);
    if (holder !== null || tries >= SILENT_TRIES)
      throw new EmbeddedPostgresFailed(
        'folder-in-use',
        `${folder} is already in use by another keyhaven${holder === null ? '' : ` (process ${holder})`}`,
      );
    await pause(50);
  }
}

// Without abstract sockets a file remains after a crash: it is one that nobody answers on.
async function listenOnFile(server: Server, file: string, folder: string): Promise<void> {
  if ((await holderOf(file)) === null) await rm(file, { force: true });
  await listen(server, file, folder);
}

async function tryListen(server: Server, address: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(address, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

async function holderOf(address: string): Promise<string | null> {
  return await new Promise((resolve) => {
    let said = '';
    const socket = createConnection(address);
    socket.setTimeout(1000, () => socket.destroy());
    socket.on('data', (bytes) => (said += bytes.toString('latin1')));
    socket.on('error', () => resolve(null));
    socket.on('close', () => resolve(/^\d{1,10}$/.test(said) ? said : null));
  });
}

function isInUse(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
}
