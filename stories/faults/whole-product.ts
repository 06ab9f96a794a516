import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import process from 'node:process';
import { setTimeout as pause } from 'node:timers/promises';
import { portOf } from './http-gate.ts';

/** The product as a user starts it: launcher, server, PostgreSQL and simulated Macs, each a process of its own. */
export type WholeProduct = {
  readonly origin: string;
  /** Starts it on the same data and waits until it is ready. Throws with its last words when it is not in time. */
  readonly start: () => Promise<void>;
  /** kill -9 to every process of it; resolves when all are gone. */
  readonly killAll: () => Promise<void>;
  /** What evaluation.json says is on paper in the drawer of this Mac's owner. */
  readonly paperOf: (serialNumber: string) => string;
};

const root = path.resolve(import.meta.dirname, '../..');
const readyWithinMs = 90_000;

export async function wholeProduct(dataFolder: string): Promise<WholeProduct> {
  const port = await freePort();
  const origin = `http://localhost:${port}`;
  let launcher: ChildProcess | null = null;
  let words = '';
  return {
    origin,
    start: async () => {
      words = '';
      launcher = spawn(process.execPath, ['scripts/start.mjs'], {
        cwd: root,
        detached: true,
        stdio: ['ignore', 'pipe', 'pipe'],
        env: { PATH: process.env['PATH'] ?? '', KEYHAVEN_DATA: dataFolder, KEYHAVEN_PORT: String(port) },
      });
      for (const stream of [launcher.stdout, launcher.stderr]) {
        stream?.on('data', (text: Buffer) => (words = `${words}${text.toString('utf8')}`.slice(-4000)));
      }
      for (const end = Date.now() + readyWithinMs; Date.now() < end; await pause(50)) {
        if (launcher.exitCode !== null) break;
        const ready = await fetch(`${origin}/readyz`).catch(() => null);
        await ready?.arrayBuffer();
        if (ready?.status === 200) return;
      }
      throw new Error(`the product was not ready in time (keys taken out): ${withoutKeys(words)}`);
    },
    killAll: async () => {
      const pid = launcher?.pid;
      if (pid === undefined) return;
      const family = [pid, ...descendantsOf(pid)];
      for (const each of family) killNow(each);
      while (family.some(isAlive)) await pause(2);
    },
    paperOf: (serialNumber) => {
      const text = readFileSync(path.join(dataFolder, 'evaluation.json'), 'utf8');
      // Safe because only the product writes this file, in the shape of the contract.
      const { macs } = JSON.parse(text) as { macs: { serialNumber: string; currentRecoveryKey: string }[] };
      const found = macs.find((mac) => mac.serialNumber === serialNumber);
      if (found === undefined) throw new Error('a Mac is missing in evaluation.json');
      return found.currentRecoveryKey;
    },
  };
}

const withoutKeys = (text: string): string => text.replaceAll(/(?:[A-Z0-9]{4}-){5}[A-Z0-9]{4}/gu, '[key]');

function killNow(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It was faster.
  }
}

/** A zombie counts as gone: it holds nothing any more. */
function isAlive(pid: number): boolean {
  const status = statusOf(pid);
  return status !== null && status.state !== 'Z';
}

/** Every process that this one, or one of those, has started and that still has it as its parent. */
function descendantsOf(ancestor: number): readonly number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    const pid = Number(name);
    const status = Number.isInteger(pid) ? statusOf(pid) : null;
    if (status !== null) parents.set(pid, status.parent);
  }
  const found = [ancestor];
  for (const each of found) {
    for (const [pid, parent] of parents) if (parent === each) found.push(pid);
  }
  return found.slice(1);
}

function statusOf(pid: number): { readonly state: string; readonly parent: number } | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const [state = '', parent = ''] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { state, parent: Number(parent) };
  } catch {
    return null;
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const port = portOf(server);
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return port;
}
